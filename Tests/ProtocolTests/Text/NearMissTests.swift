import Protocol
import Testing

@Suite struct `A near miss` {
  private let known = ["session/new", "session/list", "agent/run"]

  @Test(
    arguments: [
      ("session/nwe", "session/new"), ("Agent/Run", "agent/run"), ("agentrun", "agent/run"),
      ("sesion/lits", "session/list"),
      ("weather/today", nil), ("", nil), (String(repeating: "session/new", count: 9), nil),
    ] as [(String, String?)]) func `is named, and nothing that is far away`(name: String, meant: String?)
  {
    #expect(NearMiss.of(name, among: known) == meant)
  }

  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabc", 1), ("abc", "xyz", 3),
    ("ca", "abc", 3),
  ]) func `counts a swap of neighbours as one error`(one: String, other: String, errors: Int) {
    #expect(EditDistance.between(one, other) == errors)
    #expect(EditDistance.between(other, one) == errors)
  }
}
