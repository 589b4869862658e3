#include "classify/agent_wrappers.hpp"

#include <gtest/gtest.h>

#include "tierway/classify/features.hpp"

namespace tierway::classify {
namespace {

TEST(StripAgentWrappers, RemovesWrappersAndKeepsTheRest) {
    struct Case {
        const char* name;
        const char* text;
        const char* left;
    };
    for (const Case& c : {
             Case{"no wrapper", "Extract all dates.", "Extract all dates."},
             Case{"empty", "", ""},
             Case{"only a wrapper", "<system-reminder>Use tools.</system-reminder>", ""},
             Case{"before the ask", "<system-reminder>a\nb</system-reminder>\nFix it", "\nFix it"},
             Case{"behind the ask", "Fix it<environment_details>cwd</environment_details>", "Fix it"},
             Case{"on both sides", "<command-name>x</command-name>Fix it<system-reminder>y</system-reminder>!", "Fix it!"},
             Case{"with attributes", "<attached_files kind=\"x\">a</attached_files>b", "b"},
             Case{"unclosed runs to the end", "Fix it <system-reminder>and so on", "Fix it "},
             Case{"another tag's close does not close it", "<user_instructions>a</environment_context>b</user_instructions>c",
                  "c"},
             Case{"a longer name is another tag", "<system-reminders>a</system-reminders>",
                  "<system-reminders>a</system-reminders>"},
             Case{"a name at the very end is no tag", "what is <system-reminder", "what is <system-reminder"},
             Case{"people's own tags stay", "<context>a</context> Summarise.", "<context>a</context> Summarise."},
             Case{"the human's words in a tag stay", "<user_query>Fix it</user_query>", "<user_query>Fix it</user_query>"},
             Case{"a stray close stays in a whole text", "a</system-reminder>b", "a</system-reminder>b"},
             Case{"comparison signs", "if a<b && b<c then <", "if a<b && b<c then <"},
             Case{"a wrapper inside another", "<environment_details><system-reminder>x</system-reminder>y</environment_details>z",
                  "z"},
             Case{"project instructions as a message",
                  "\n# AGENTS.md instructions for /repo\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>", ""},
             Case{"… with an ask behind", "# AGENTS.md instructions\n<INSTRUCTIONS>x</INSTRUCTIONS>Fix it", "Fix it"},
             Case{"the same words elsewhere are an ask", "Write # AGENTS.md instructions", "Write # AGENTS.md instructions"},
         }) {
        SCOPED_TRACE(c.name);
        std::string text = c.text;
        strip_agent_wrappers(text);
        EXPECT_EQ(text, c.left);
    }
}

TEST(StripAgentWrappers, AfterACutAStrayCloseEndsTheWrapperThatWasCut) {
    std::string text = "kept: rest of a reminder</system-reminder> Fix it <command-name>x</command-name>now";
    strip_agent_wrappers_from(text, 6, TextStart::AfterCut);
    EXPECT_EQ(text, "kept:  Fix it now");
}

TEST(StripAgentWrappers, LeavesWhatLiesBeforeTheBeginningAlone) {
    std::string text = "<system-reminder>a</system-reminder>b";
    strip_agent_wrappers_from(text, 36, TextStart::Whole);
    EXPECT_EQ(text, "<system-reminder>a</system-reminder>b");
}

TEST(StripAgentWrappers, ManyOpeningTagsAreNoMoreWorkThanOne) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += "<system-reminder>";
    }
    strip_agent_wrappers(text);
    EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace tierway::classify
