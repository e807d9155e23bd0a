import Protocol
import Testing

@Suite struct `The beginning of a message` {
  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"agent/run","params":{"prompt":"aaaa"#, "1"),
    (#" { "method" : "a" , "id" : "x\"y" , "params"#, #""x\"y""#),
    (#"{"id":1.0,"#, "1.0"),
    (#"{"jsonrpc":"2.0","n":null,"id":12345678901234567890}"#, "12345678901234567890"),
  ]) func `shows the id of its request`(text: String, id: String) {
    #expect(RequestID(inBeginning: Array(text.utf8))?.json.text == id)
  }

  @Test(arguments: [
    "", "{", #"{"id"#, #"{"id":"#, #"{"id":1"#, #"{"id":"x"#, #"{"id":"x\"#, #"{"id":{},"#,
    #"{"params":{"id":1},"id":2}"#,
    #"[{"id":1,"#, #"{"method":"id","params":[]"#, #"{"id":tru,"#, #"{"id":null,"#, "garbage",
  ]) func `that does not show one for certain is nobody's`(text: String) {
    #expect(RequestID(inBeginning: Array(text.utf8)) == nil)
  }
}
