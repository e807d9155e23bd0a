import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

/// A person's and a project's files, and what holds by them.
struct SettingsRoom {
  let home: TemporaryFolder
  let project: TemporaryFolder
  var files = FileSource.system
  var given: [SettingsLayer] = []
  var isForbidden = false

  init() throws { (home, project) = (try TemporaryFolder(), try TemporaryFolder()) }

  var desk: SettingsDesk {
    SettingsDesk(
      SettingsPlaces(["HOME": home.path]), files: files, links: .system, time: .system, given: given,
      isForbidden: isForbidden)
  }
  var ownPath: String { home.path + "/.config/wyn360/settings.json" }
  var projectPath: String { project.path + "/.wyn360/settings.json" }

  func own(_ json: JSON) throws { try home.write(".config/wyn360/settings.json", json.text) }
  func project(_ json: JSON) throws { try project.write(".wyn360/settings.json", json.text) }
  func look() -> SettingsInForce { desk.look(in: project.path) }

  /// What a member is, and who says so.
  func values(_ name: String, _ found: SettingsInForce? = nil) -> [(value: JSON, source: ConfigGet.Source)] {
    (found ?? look()).values(before: given, after: Settings()).filter { $0.name == name }.map { ($0.value, $0.source) }
  }
}

/// Each member, with two values that it may have and one that it may not.
let members: [(name: String, one: JSON, other: JSON, wrong: JSON)] = [
  ("model", "haiku", "opus", 7), ("model", "haiku", "opus", "two words"), ("fallbackModel", "haiku", "opus", true),
  ("effort", "low", "max", "huge"), ("provider", "bedrock", "anthropic", "azure"), ("region", "eu-west-1", "auto", []),
  ("permissions.allow", ["Bash(ls:*)"], ["read_file(a)"], "Bash"),
  ("permissions.ask", ["Bash(ls:*)"], ["read_file(a)"], [:]),
  ("permissions.deny", ["Bash(ls:*)"], ["read_file(a)"], 1),
  ("permissions.mode", "acceptEdits", "readOnly", "yolo"), ("mcpServers", ["a": ["command": "a"]], ["b": [:]], []),
  ("tools.offered", ["read_file"], [], [1]), ("tools.withheld", ["read_file"], ["write_file"], "read_file"),
  ("sessions", "/tmp/x", "~/x", "x"), ("sessionsKeep", "30d", "2w", "soon"), ("sessionsMax", "1GB", "5MB", "much"),
  ("apiKeyHelper", "pass canary", "other", " "), ("awsAuthRefresh", "aws sso login", "a", 7),
  ("budgets.perDay", 0.5, 3, -1), ("budgets.perDay", 0.5, 3, "five"), ("keepAnswers", true, false, "yes"),
  ("hooks.PreToolUse", [["hooks": [["command": "a"]]]], [["matcher": "Bash", "hooks": []]], 7),
  ("hooks.PostToolUse", [["hooks": [["command": "a"]]]], [], [7]),
  ("hooks.Stop", [["hooks": [["command": "a", "timeout": 0.5]]]], [["hooks": []]], [["matcher": "x"]]),
  ("hooks.UserPromptSubmit", [["hooks": [["command": "a"]]]], [["hooks": []]], "a"),
]

/// An object that has that value under a name with dots.
func nested(_ name: String, _ value: JSON) -> JSONObject {
  let parts = name.split(separator: ".").map(String.init)
  return parts.count == 1 ? [name: value] : [parts[0]: .object([parts[1]: value])]
}

@Suite struct `A file of settings` {
  @Test(arguments: members.indices) func `has members of which a wrong one is named with its place and the rest acts`(
    number: Int
  ) throws {
    let (name, one, _, wrong) = members[number]
    let room = try SettingsRoom()
    try room.own(.object(nested(name, one)))
    #expect(room.look().notices == [])
    let shown: JSON = name == "mcpServers" ? ["a"] : ["apiKeyHelper", "awsAuthRefresh"].contains(name) ? "given" : one
    // Money is written with its cents.
    let values = room.values(name).map(\.value)
    #expect(name == "budgets.perDay" ? values.map(\.double) == [one.double] : values == [shown])
    #expect(room.values(name).map(\.source) == [.userFile])
    var both = nested(name, wrong)
    both[name == "model" ? "effort" : "model"] = name == "model" ? "low" : "haiku"
    try room.own(.object(both))
    let found = room.look()
    #expect(found.notices.count == 1)
    #expect(found.notices.first?.hasPrefix("\(room.ownPath): \(name)") == true, "\(found.notices)")
    #expect(room.values(name, found).isEmpty)
    #expect(name == "model" ? found.effort == .low : found.model == "haiku")
  }

  @Test(arguments: members.indices) func `is described by a schema that takes what the reader takes`(number: Int) throws
  {
    let (name, one, other, wrong) = members[number]
    let schema = SettingsSchema.json
    for value in [one, other] {
      #expect(JSONSchemaValidator.violations(of: .object(nested(name, value)), against: schema) == [], "\(name)")
    }
    // What only a check can tell is no matter of types.
    let isTyped = wrong.string == nil || ["effort", "provider", "permissions.mode"].contains(name)
    if isTyped {
      #expect(JSONSchemaValidator.violations(of: .object(nested(name, wrong)), against: schema) != [], "\(name)")
    }
    #expect(JSONSchemaValidator.violations(of: ["modle": 1], against: schema) != [])
  }

  @Test func `names each rule that is none, and each member that nobody knows, and keeps the others`() throws {
    let room = try SettingsRoom()
    try room.own([
      "$schema": "x", "modle": "haiku", "other": [:], "permissions": ["deny": ["a(b", 7, "*(x/**)"], "alow": []],
      "tools": 3, "model": .null,
    ])
    let found = room.look()
    #expect(found.rules.deny.map(\.text) == ["*(x/**)"])
    for said in [
      "modle is not known here, and says nothing; did you mean 'model'?", "other is not known", "permissions.deny[0] ",
      "permissions.deny[1] must be a rule", "permissions.alow is not known", "tools must be an object",
    ] { #expect(found.notices.contains { $0.contains(said) }, "\(said): \(found.notices)") }
    #expect(found.notices.count == 6)
  }

  @Test(arguments: ["", "{", "[]", "7", "{\"model\": }", "\u{0}", "{\"a\":1}x"]) func `that is none is told in a line`(
    text: String
  ) throws {
    let room = try SettingsRoom()
    try room.home.write(".config/wyn360/settings.json", text)
    let found = room.look()
    #expect(found.notices.count == 1)
    #expect(found.notices.first?.hasPrefix("\(room.ownPath) is not used: it") == true)
    #expect(found.rules == .none)
  }

  @Test func `may begin with a byte order mark, and shows no sign that steers a screen`() throws {
    let room = try SettingsRoom()
    try room.home.write(".config/wyn360/settings.json", "\u{FEFF}{\"model\":\"haiku\",\"\\u001b[2J\":1}")
    let found = room.look()
    #expect(found.model == "haiku")
    #expect(found.notices.count == 1 && !found.notices.joined().unicodeScalars.contains("\u{1B}"))
  }

  @Test func `has a few of its notices told, and the others counted`() throws {
    let room = try SettingsRoom()
    var many = JSONObject()
    for number in 0..<500 { many["x\(number)"] = 1 }
    try room.own(.object(many))
    let notices = room.look().notices
    #expect(notices.count == 21)
    #expect(notices.last?.hasSuffix("480 more of its members make no sense") == true)
  }
}
