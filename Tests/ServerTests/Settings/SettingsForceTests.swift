import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite struct `What holds of settings` {
  /// Members that a project's file sets unasked.
  private static let free: Set = [
    "model", "fallbackModel", "effort", "permissions.ask", "permissions.deny", "tools.offered", "tools.withheld",
    "budgets.perDay",
  ]
  private static let joined: Set = [
    "permissions.allow", "permissions.ask", "permissions.deny", "tools.offered", "tools.withheld", "mcpServers",
    "budgets.perDay", "hooks.PreToolUse", "hooks.PostToolUse", "hooks.UserPromptSubmit", "hooks.Stop",
  ]

  @Test(arguments: members.indices) func `is an option's, then a variable's, the project's, the person's own`(
    number: Int
  ) throws {
    let (name, one, other, _) = members[number]
    var room = try SettingsRoom()
    try room.own(.object(nested(name, one)))
    try room.project(.object(nested(name, other)))
    func sources() -> [ConfigGet.Source] { room.values(name).map(\.source) }
    let isFree = Self.free.contains(name) || other == "readOnly"
    let wanted: [ConfigGet.Source] = isFree ? [.projectFile, .userFile] : [.userFile]
    // An empty list of tools says that there are none, and is said.
    #expect(sources() == (Self.joined.contains(name) ? wanted : [wanted[0]]), "\(name)")
    guard !Self.joined.contains(name), name != "keepAnswers" else { return }
    let asSetting = try SettingsRoom()
    try asSetting.own(.object(nested(name, one)))
    let same = try #require(asSetting.look().layers.first).settings
    room.given = [SettingsLayer(.flag, same), SettingsLayer(.environment, same)]
    #expect(sources() == [.flag])
    room.given = [SettingsLayer(.flag, Settings()), SettingsLayer(.environment, same)]
    #expect(sources() == [.environment])
  }

  @Test(arguments: members.indices) func `of a project widens nothing that was not trusted as it stands`(number: Int)
    async
    throws
  {
    let (name, one, other, _) = members[number]
    guard !Self.free.contains(name), name != "keepAnswers" else { return }
    let room = try SettingsRoom()
    let desk = room.desk
    try room.project(.object(nested(name, one)))
    let before = desk.look(in: room.project.path)
    #expect(room.values(name, before).allSatisfy { $0.source == .default }, "\(name)")
    let pending = try #require(before.pending.first)
    #expect(before.pending.count == 1 && pending.path == room.projectPath)
    #expect(pending.widens == .object([name: one]))
    try await desk.trust(pending, keep: false)
    let after = desk.look(in: room.project.path)
    #expect(room.values(name, after).map(\.source) == [.projectFile] && after.pending == [])
    // Another content is another question.
    if other != "readOnly" {
      try room.project(.object(nested(name, other)))
      let changed = desk.look(in: room.project.path)
      #expect(room.values(name, changed).allSatisfy { $0.source == .default }, "\(name)")
      #expect(changed.pending.map(\.hash) != [pending.hash] && changed.pending.count == 1)
    }
    // The same content elsewhere was not what the person saw.
    let elsewhere = try SettingsRoom()
    try elsewhere.project(.object(nested(name, one)))
    #expect(desk.look(in: elsewhere.project.path).pending.count == 1)
    #expect(room.home.names == [])
  }

  @Test func `of a project and is the person's own to say is named and says nothing`() throws {
    let room = try SettingsRoom()
    try room.project(["keepAnswers": true])
    let found = room.look()
    #expect(!found.keepAnswers)
    #expect(found.notices == ["\(room.projectPath): keepAnswers says nothing there: it is the person's own to say"])
  }

  @Test(arguments: PermissionMode.allCases, PermissionMode.allCases)
  func `is a project's mode where that is no freer than what would hold`(
    own: PermissionMode, of project: PermissionMode
  )
    throws
  {
    let room = try SettingsRoom()
    try room.own(["permissions": ["mode": .string(own.rawValue)]])
    try room.project(["permissions": ["mode": .string(project.rawValue)]])
    let order: [PermissionMode] = [.readOnly, .ask, .acceptEdits, .bypass]
    let isFreer = (order.firstIndex(of: project) ?? 0) > (order.firstIndex(of: own) ?? 0)
    #expect(room.look().mode == (isFreer ? own : project))
    #expect(room.look().pending.isEmpty == !isFreer)
  }

  @Test func `changes with the files, each time that they are looked at`() throws {
    let room = try SettingsRoom()
    let desk = room.desk
    #expect(desk.look(in: room.project.path).model == nil)
    for model in ["haiku", "opus", "sonnet"] {
      try room.own(["model": .string(model)])
      #expect(desk.look(in: room.project.path).model == model)
    }
    try FileManager.default.removeItem(atPath: room.ownPath)
    #expect(desk.look(in: room.project.path).model == nil)
  }

  @Test func `of tools and of money is never more than the person's own file has`() throws {
    let room = try SettingsRoom()
    try room.own(["tools": ["offered": ["a", "b"]], "budgets": ["perDay": 2]])
    try room.project(["tools": ["offered": ["b", "c"], "withheld": ["d"]], "budgets": ["perDay": 100]])
    let found = room.look()
    #expect(["a", "b", "c", "d"].filter { name in found.offers(name) { $0.contains(name) } } == ["b"])
    #expect(found.perDay == 2_000_000_000_000)
    try room.project(["budgets": ["perDay": 0.25]])
    #expect(room.look().perDay == 250_000_000_000)
  }

  @Test func `is of the nearest file up to the repository's top, and its patterns begin there`() throws {
    let room = try SettingsRoom()
    try room.project.write(".git/HEAD", "ref: refs/heads/main\n")
    try room.project([
      "model": "opus", "permissions": ["deny": ["read_file(secret/**)", "Bash(rm:*)", "edit_file(//x/y)"]],
    ])
    try room.project.write("a/b/file", "")
    let found = room.desk.look(in: room.project.path + "/a/b")
    #expect(found.model == "opus")
    #expect(
      found.rules.deny.map(\.text) == ["read_file(/\(room.project.path)/secret/**)", "Bash(rm:*)", "edit_file(//x/y)"])
    try room.project.write("a/.wyn360/settings.json", #"{"model":"haiku"}"#)
    #expect(room.desk.look(in: room.project.path + "/a/b").model == "haiku")
  }

  @Test func `knows where XDG has the person's files, and takes no relative path for it`() throws {
    let room = try SettingsRoom()
    try room.home.write("xdg/wyn360/settings.json", #"{"model":"haiku"}"#)
    func model(_ variables: [String: String]) -> String? {
      SettingsDesk(
        SettingsPlaces(variables), files: .system, links: .system, time: .system, given: [], isForbidden: false
      ).look(in: room.project.path).model
    }
    #expect(model(["XDG_CONFIG_HOME": room.home.path + "/xdg"]) == "haiku")
    #expect(model(["XDG_CONFIG_HOME": "xdg", "HOME": room.home.path]) == nil)
    try room.own(["model": "opus"])
    #expect(model(["XDG_CONFIG_HOME": "", "HOME": room.home.path]) == "opus")
    #expect(model([:]) == nil)
  }
}
