"""The least of an editor: a client that has sessions and prompts, in the words of the Agent Client Protocol."""

from talk import Talk


class Editor(Talk):
    """A process that is spoken to as editors do."""

    def begin(self, cwd):
        """The first words, and a session."""
        self.call("initialize", {"protocolVersion": 1})
        return self.call("session/new", {"cwd": str(cwd), "mcpServers": []})["sessionId"]

    def prompt(self, session, text):
        """Begins a prompt: the request's id."""
        prompt = [{"type": "text", "text": text}]
        return self.request("session/prompt", {"sessionId": session, "prompt": prompt})

    def updates(self, *kinds):
        """The updates of these kinds that came."""
        all_of_them = [one["params"]["update"] for one in self.told if one["method"] == "session/update"]
        return [one for one in all_of_them if not kinds or one["sessionUpdate"] in kinds]

    def text(self):
        """What was said."""
        return "".join(one["content"]["text"] for one in self.updates("agent_message_chunk"))
