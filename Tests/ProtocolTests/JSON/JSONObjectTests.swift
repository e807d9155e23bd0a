import Protocol
import Testing

@Suite struct JSONObjectTests {
  /// Around the number of members from which on names are looked up in a table.
  @Test(arguments: [0, 1, 2, 15, 16, 17, 18, 100])
  func `members are found, changed, added and removed, however many there are`(count: Int) {
    var object = JSONObject()
    for place in 0..<count { object["n\(place)"] = .number(JSONNumber(place)) }
    #expect(object.count == count)
    #expect(object.map(\.key) == (0..<count).map { "n\($0)" })
    object["new"] = "last"
    #expect(object.map(\.key).last == "new" && object["new"] == "last")
    object["new"] = "changed"
    #expect(object["new"] == "changed" && object.count == count + 1)
    object["new"] = nil
    object["absent"] = nil
    #expect(object["new"] == nil && object.count == count)
    for place in stride(from: 0, to: count, by: 2) { object["n\(place)"] = nil }
    for place in 0..<count { #expect(object["n\(place)"]?.int == (place % 2 == 0 ? nil : place)) }
    #expect(object.map(\.key) == (0..<count).filter { $0 % 2 == 1 }.map { "n\($0)" })
  }

  @Test(arguments: [3, 16, 17, 40])
  func `the order of members does not matter to equality and hash, all else does`(count: Int) {
    let members = (0..<count).map { ("n\($0)", JSON.number(JSONNumber($0))) }
    let one = JSONObject(members)
    let turned = JSONObject(members.reversed())
    #expect(one == turned && one.hashValue == turned.hashValue)
    #expect(one.map(\.key) != turned.map(\.key))
    var other = one
    other["n0"] = "else"
    #expect(one != other && one.hashValue != other.hashValue)
    other["n0"] = nil
    other["m0"] = 0
    #expect(one != other && one.hashValue != other.hashValue)
  }

  @Test(arguments: [4, 40])
  func `of duplicate names the last value stays in the first place`(count: Int) {
    let members = (0..<count).map { ("n\($0)", JSON.number(JSONNumber($0))) }
    let object = JSONObject(members + [("n1", "again")] + members.prefix(1))
    #expect(object.count == count)
    #expect(object.map(\.key) == members.map(\.0))
    #expect(object["n1"] == "again" && object["n0"] == 0)
  }

  @Test func `the hash of a value agrees with its equality`() {
    let values: [JSON] = [
      .null, true, false, 0, 1, "0", "1", "", [], [:], [.null], ["": .null], [[]], ["a": 1, "b": 2], ["a": 2, "b": 1],
      ["ab", ""],
      ["a", "b"],
    ]
    #expect(Set(values).count == values.count)
    #expect(Set(values + values).count == values.count)
  }
}
