// Asks for the admin token when the server does.

import * as api from "./api.js";
import { byId } from "./dom.js";

export class SignIn {
  /** `signedIn()` is called when a token is accepted. */
  constructor(signedIn) {
    this.form = byId("sign-in");
    this.token = byId("token");
    this.problem = byId("sign-in-problem");
    this.signedIn = signedIn;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.present();
    });
    byId("sign-out").addEventListener("click", () => {
      api.forgetToken();
      location.reload();
    });
  }

  ask() {
    const refused = api.hasToken();
    api.forgetToken();
    this.problem.textContent = refused ? "The token is no longer accepted." : "";
    byId("page").hidden = true;
    byId("sign-out").hidden = true;
    if (this.form.hidden) {
      this.form.hidden = false;
      this.token.focus();
    }
  }

  async present() {
    api.keepToken(this.token.value.trim());
    try {
      await api.policy();
    } catch (problem) {
      api.forgetToken();
      this.problem.textContent = problem.message;
      this.token.select();
      return;
    }
    this.token.value = "";
    this.form.hidden = true;
    this.signedIn();
  }
}
