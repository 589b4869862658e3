"""Test doubles of the vendors' APIs, one for each dialect that a provider may speak.

They are strict where the vendors are: an unknown member, a call that nobody answered or a signature that they did not make is refused
and fails the test. What they know of the vendors is WIRE.md, no more.
"""

from .anthropic import Anthropic
from .azure import Azure, DeploymentAzure
from .bedrock import Bedrock, SignedBedrock
from .gemini import Gemini
from .openai import DeepSeek, OpenAi
from .openai_responses import OpenAiResponses
from .vendor import Vendor

VENDORS: dict[str, type[Vendor]] = {each.dialect: each for each in (OpenAi, Azure, OpenAiResponses, Anthropic, Gemini, Bedrock)}
# Of the same dialects, with needs of their own.
VARIANTS: dict[str, type[Vendor]] = {"deepseek": DeepSeek, "azure_deployment": DeploymentAzure, "bedrock_signed": SignedBedrock}
