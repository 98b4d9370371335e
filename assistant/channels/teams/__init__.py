"""Microsoft Teams: the endpoint that the Bot Framework calls, and the cards it gets back.

Nothing of Microsoft's packages is imported until Teams is configured: they cost 85 MB and more than a second.
"""

from assistant.channels.teams.mounting import mount, switch_on

__all__ = ["mount", "switch_on"]
