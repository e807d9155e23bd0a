import OperatingSystem
import Protocol
import Server
import Testing

@Suite struct `Other folders in which a session works` {
  private func decide(
    _ action: PermissionAction, tool: String, mode: PermissionMode = .acceptEdits, allow: [String] = [],
    deny: [String] = [], links: [String: String] = [:]
  ) throws -> String {
    let policy = PermissionPolicy(
      workspace: "/work/space", others: ["/work/library", "/work/library/deep/er"], mode: mode,
      rules: try rules(allow: allow, deny: deny), links: LinkResolver { links[$0] ?? $0 })
    return word(policy.decide(PermissionSubject(tool: tool, actions: [action]), canAsk: true))
  }

  @Test(arguments: [
    ("/work/library/a.txt", true), ("/work/library", true), ("/work/library/deep/er/x", true), ("a.txt", true),
    ("/work/library/../secret/a.txt", false), ("/work/libraryx/a.txt", false), ("/work/a.txt", false), ("/", false),
    ("../library/a.txt", true), ("/work/space/../library/a.txt", true),
    // Secrets, and what others run, are asked about there as well.
    ("/work/library/.env", false), ("/work/library/.vscode/settings.json", false),
    ("/work/library/.git/hooks/pre-commit", false), ("/work/library/deep/er/.bashrc", false),
  ]) func `are as the workspace, by where paths lead`(path: String, isFree: Bool) throws {
    let written = try decide(.write(path: path, isInside: true), tool: "write_file")
    #expect((written == "allowed") == isFree, "\(path): \(written)")
    // The tools know better when they say that a path leads outside.
    #expect(try decide(.write(path: path, isInside: false), tool: "write_file") == "ask")
    #expect(try decide(.delete(path: path, isInside: true), tool: "delete_file") == "ask")
  }

  @Test func `are read freely, and kept by rules`() throws {
    let read = PermissionAction.read(path: "/work/library/a.txt", isInside: true)
    #expect(try decide(read, tool: "read_file", mode: .ask) == "allowed")
    #expect(try decide(read, tool: "read_file", mode: .ask, deny: ["*(//work/library/**)"]) == "refused")
    // Paths of rules begin at the workspace: one that allows says nothing of other folders.
    let write = PermissionAction.write(path: "/work/library/src/a.txt", isInside: true)
    #expect(try decide(write, tool: "write_file", mode: .ask, allow: ["write_file(src/**)"]) == "ask")
    #expect(
      try decide(write, tool: "write_file", mode: .ask, allow: ["write_file(//work/library/src/**)"]) == "allowed")
    #expect(try decide(write, tool: "write_file", mode: .ask, allow: ["write_file"]) == "allowed")
  }

  @Test(arguments: [
    ("cat /work/library/a.txt", true), ("cat a.txt", true), ("cat /work/other/a.txt", false),
    ("cat /work/library/../other/a.txt", false), ("cat /work/library/link", false), ("cat < /work/library/b", true),
    ("cat < /work/other/b", false), ("cat /work/library/.env", false),
  ]) func `count for commands that rules allow`(command: String, isFree: Bool) throws {
    for folder in [".", "/work/library"] {
      let action = PermissionAction.execute(command: command, folder: folder, isInside: true)
      let word = try decide(
        action, tool: "execute_command", mode: .ask, allow: ["execute_command(cat:*)"],
        links: ["/work/library/link": "/etc/shadow"])
      #expect((word == "allowed") == isFree, "\(command) in \(folder): \(word)")
    }
  }
}
