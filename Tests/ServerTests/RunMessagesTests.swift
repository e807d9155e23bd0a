import Protocol
import Providers
import Server
import Testing

@Suite struct `The text of a run` {
  private func message(_ text: String) -> ModelMessage {
    ModelMessage(content: [["type": "text", "text": .string(text)]])
  }

  @Test func `is all of the last turn's answer, and nothing of the turns before`() {
    var messages = RunMessages(Prompt("go"))
    _ = messages.add(message("I look."), isWhole: true)
    messages.add(results: ["role": "user", "content": []], isSettled: true)
    _ = messages.add(message("The answer is forty"), isWhole: true)
    messages.add(remark: "go on", goesOn: true)
    messages.add(remark: "something else that the model is told", goesOn: false)
    _ = messages.add(message("-two"), isWhole: true)
    // It paused, and is sent back as it is.
    _ = messages.add(message("."), isWhole: true)
    #expect(messages.text == "The answer is forty-two.")
    messages.add(remark: "that was no JSON", goesOn: false)
    _ = messages.add(message("{}"), isWhole: true)
    #expect(messages.text == "{}")
  }
}
