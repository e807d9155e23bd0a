import Foundation
import Protocol
import Testing

@Suite struct JSONLimitsTests {
  private func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
    Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
  }

  @Test func `512 levels are read and a 513th is refused`() {
    #expect(throws: Never.self) { try JSON.parse(nested(512, "[", "]")) }
    #expect(throws: JSONSyntaxError(offset: 512, reason: "nested deeper than 512 levels")) {
      try JSON.parse(nested(513, "[", "]"))
    }
    #expect(throws: JSONSyntaxError(offset: 5 * 512, reason: "nested deeper than 512 levels")) {
      try JSON.parse(Array((String(repeating: #"{"a":"#, count: 513) + "1").utf8))
    }
  }

  @Test(arguments: ["[", #"{"a":"#, #"[{"a":"#])
  func `a hundred thousand levels are refused as soon as the limit is passed`(open: String) throws {
    let bytes = Array(String(repeating: open, count: 100_000).utf8)
    let error = try #require(throws: JSONSyntaxError.self) { try JSON.parse(bytes) }
    #expect(error.reason == "nested deeper than 512 levels")
    #expect(error.offset <= 513 * open.utf8.count)
  }

  @Test func `the depth limit can be chosen`() {
    #expect(throws: Never.self) { try JSON.parse([UInt8]("[[1]]".utf8), depthMax: 2) }
    #expect(throws: JSONSyntaxError(offset: 2, reason: "nested deeper than 2 levels")) {
      try JSON.parse([UInt8]("[[[1]]]".utf8), depthMax: 2)
    }
    #expect(throws: JSONSyntaxError(offset: 0, reason: "nested deeper than 0 levels")) {
      try JSON.parse([UInt8]("[]".utf8), depthMax: 0)
    }
    #expect(throws: Never.self) { try JSON.parse([UInt8]("1".utf8), depthMax: 0) }
  }

  @Test func `the deepest value is read, compared, hashed, written and released on a small stack`() async throws {
    let text = String(repeating: #"{"a":["#, count: 256) + String(repeating: "]}", count: 256)
    let written = await withCheckedContinuation { (done: CheckedContinuation<String?, Never>) in
      let thread = Thread {
        let one = try? JSON.parse(text)
        let other = try? JSON.parse(text)
        done.resume(returning: one == other && one.hashValue == other.hashValue ? one?.text : nil)
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    #expect(written == text)
  }

  @Test func `more values than a text may have are refused before they take the memory`() {
    let bytes = [UInt8](#"[0,{"a":1},[],"b",null]"#.utf8)  // 7 with the array itself
    #expect(throws: Never.self) { try JSON.parse(bytes, valuesMax: 7) }
    #expect(throws: JSONSyntaxError(offset: 18, reason: "more than 6 values")) { try JSON.parse(bytes, valuesMax: 6) }
    #expect(throws: JSONSyntaxError(offset: 0, reason: "more than 0 values")) { try JSON.parse(bytes, valuesMax: 0) }
  }

  /// Would take minutes if names were searched one by one.
  @Test func `an object of very many names is read and searched quickly`() throws {
    let count = 50_000
    let text = "{" + (0..<count).map { "\"name\($0)\":\($0)" }.joined(separator: ",") + #","name7":"last"}"#
    let object = try #require(try JSON.parse(text).object)
    #expect(object.count == count)
    #expect(object["name7"] == "last")
    for place in stride(from: 0, to: count, by: 1000) where place != 7 { #expect(object["name\(place)"]?.int == place) }
    #expect(object["name\(count)"] == nil)
  }
}
