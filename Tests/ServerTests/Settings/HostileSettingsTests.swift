import CSystem
import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite struct `Files of settings that somebody else may have put there` {
  private static let widening = #"{"model":"opus","permissions":{"allow":["Bash(rm:*)"],"deny":["Bash(ls:*)"]}}"#

  private func expectNothing(_ room: SettingsRoom, _ why: String, _ path: String? = nil) {
    let found = room.look()
    #expect(found.notices == ["\(path ?? room.projectPath) is not used: \(why)"])
    #expect(found.rules == .none && found.model == nil && found.pending == [])
    #expect(found.files.first { $0.path == path ?? room.projectPath }?.problem == why)
  }

  @Test func `are not followed out of the project, and followed within it`() throws {
    let room = try SettingsRoom()
    let outside = try TemporaryFolder()
    try outside.write("settings.json", Self.widening)
    try room.project.write(".wyn360/keep", "")
    try FileManager.default.createSymbolicLink(
      atPath: room.projectPath, withDestinationPath: outside.path + "/settings.json")
    expectNothing(room, "it leads out of \(room.project.path)")
    try FileManager.default.removeItem(atPath: room.project.path + "/.wyn360")
    try FileManager.default.createSymbolicLink(
      atPath: room.project.path + "/.wyn360", withDestinationPath: outside.path)
    expectNothing(room, "it leads out of \(room.project.path)")
    try FileManager.default.removeItem(atPath: room.project.path + "/.wyn360")
    try room.project.write("shared.json", Self.widening)
    try room.project.write(".wyn360/keep", "")
    try FileManager.default.createSymbolicLink(atPath: room.projectPath, withDestinationPath: "../shared.json")
    #expect(room.look().model == "opus")
  }

  @Test func `are not read where they are huge, a pipe, a folder, or a device`() throws {
    let room = try SettingsRoom()
    try room.project.write(".wyn360/keep", "")
    #expect(unsafe mkfifo(room.projectPath, 0o600) == 0)
    expectNothing(room, "it is no plain file")
    try FileManager.default.removeItem(atPath: room.projectPath)
    try FileManager.default.createDirectory(atPath: room.projectPath, withIntermediateDirectories: true)
    expectNothing(room, "it is no plain file")
    try FileManager.default.removeItem(atPath: room.projectPath)
    try room.project.write(".wyn360/settings.json", Self.widening + String(repeating: " ", count: 256 * 1_024))
    expectNothing(room, "it has more than 262144 bytes")
    // A hole of a terabyte is as little read.
    #expect(unsafe truncate(room.projectPath, 1 << 40) == 0)
    expectNothing(room, "it has more than 262144 bytes")
    try FileManager.default.removeItem(atPath: room.projectPath)
    try room.home.write(".config/wyn360/keep", "")
    try FileManager.default.createSymbolicLink(atPath: room.ownPath, withDestinationPath: "/dev/zero")
    expectNothing(room, "it is no plain file", room.ownPath)
  }

  @Test(arguments: [".wyn360/settings.json", ".wyn360"]) func `are not used where they are another user's`(
    foreign: String
  ) throws {
    var room = try SettingsRoom()
    try room.project.write(".wyn360/settings.json", Self.widening)
    let path = room.project.path + "/" + foreign
    let system = FileSource.system
    room.files.isForeign = { $0 == path || system.isForeign($0) }
    expectNothing(room, "it belongs to another user")
  }

  @Test func `of a name as deep as can be, or of ten thousand rules, cost a notice`() throws {
    let room = try SettingsRoom()
    try room.project.write(".wyn360/settings.json", String(repeating: "[", count: 100_000))
    #expect(room.look().notices.count == 1)
    let rules = JSON.array((0..<10_000).map { .string("Bash(a\($0))") })
    try room.project(["permissions": ["deny": rules]])
    let found = room.look()
    #expect(found.rules.deny.count == 1_000)
    #expect(found.notices == ["\(room.projectPath): permissions.deny has more than 1000 rules; the first count"])
  }

  @Test func `of a person's own may be a link, as many keep theirs elsewhere`() throws {
    let room = try SettingsRoom()
    try room.home.write("dotfiles/wyn360/settings.json", Self.widening)
    try room.home.write(".config/keep", "")
    try FileManager.default.createSymbolicLink(
      atPath: room.home.path + "/.config/wyn360", withDestinationPath: "../dotfiles/wyn360")
    #expect(room.look().rules.allow.map(\.text) == ["Bash(rm:*)"])
  }
}

@Suite struct `What a person wants kept` {
  private static let asking: JSON = ["permissions": ["allow": ["Bash(make:*)"]]]

  @Test func `is in a file for them alone, and holds in another process`() async throws {
    let room = try SettingsRoom()
    try room.project(Self.asking)
    let desk = room.desk
    let pending = try #require(desk.look(in: room.project.path).pending.first)
    try await desk.trust(pending, keep: true)
    try await desk.keep(RuleSet(allow: [PermissionRule("Bash(ls:*)")]), of: room.project.path)
    try await desk.keep(RuleSet(deny: [PermissionRule("Bash(rm:*)")]), of: room.project.path)
    try await desk.keep(server: "print", true)
    let later = room.look()
    #expect(later.pending == [])
    #expect(Set(later.rules.allow.map(\.text)) == ["Bash(make:*)", "Bash(ls:*)"])
    #expect(later.rules.deny.map(\.text) == ["Bash(rm:*)"])
    #expect(later.servers == ["print": true])
    #expect(try room.home.mode(".config/wyn360/state.json") == 0o600)
    #expect(try room.home.mode(".config/wyn360") == 0o700)
    #expect(room.home.names == [".config"])
    // Rules are for their folder alone.
    let other = try TemporaryFolder()
    #expect(room.desk.look(in: other.path).rules == .none)
    try room.project(["permissions": ["allow": ["Bash(make:*)", "Bash(rm:*)"]]])
    #expect(room.look().pending.count == 1)
  }

  @Test func `is lost by none of many that write at one time`() async throws {
    let room = try SettingsRoom()
    let rules = try (0..<24).map { try PermissionRule("Bash(a\($0))") }
    let folder = room.project.path
    // Each has a desk of its own, as processes have.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for rule in rules {
        let desk = room.desk
        group.addTask { try await desk.keep(RuleSet(allow: [rule]), of: folder) }
      }
      try await group.waitForAll()
    }
    #expect(Set(room.look().rules.allow) == Set(rules))
  }

  @Test func `is not kept where nothing may be written, and is said to hold here`() async throws {
    var room = try SettingsRoom()
    room.isForbidden = true
    try room.project(Self.asking)
    let desk = room.desk
    let pending = try #require(desk.look(in: room.project.path).pending.first)
    await #expect(throws: Failure.self) { try await desk.trust(pending, keep: true) }
    #expect(desk.look(in: room.project.path).pending == [])
    #expect(room.home.names == [])
  }

  @Test(arguments: ["no JSON", #"{"version":2}"#, #"{"trusted":7}"#])
  func `is not written over a file that is none of ours`(
    text: String
  ) async throws {
    let room = try SettingsRoom()
    let path = try room.home.write(".config/wyn360/state.json", text)
    let rule = try RuleSet(allow: [PermissionRule("Bash(ls:*)")])
    let desk = room.desk
    await #expect(throws: Failure.self) { try await desk.keep(rule, of: "/x") }
    #expect(room.home.text(".config/wyn360/state.json") == text)
    #expect(room.look().notices == ["\(path) is not used: it is none of this program's"])
  }
}
