internal import Protocol

/// The tools that a rule's first word means.
///
/// Rules are brought along from other agents, and typed by people. A word means a tool of ours whatever its case and
/// with or without `_` and `-`, and so does the name that another agent has for such a tool. A tool of a client's or of a
/// server's (MCP) has its name alone, and may be registered after the rule that is about it.
package struct RuleTools: Hashable, Sendable {
  /// The word as it is written; `*` is any tool.
  package let name: String
  /// The tools of ours that it means for a rule that allows.
  private let allowed: [String]
  /// The tools of ours that it means for a rule that refuses or asks.
  private let restricted: [String]

  /// The tools of that word.
  init(_ name: String) {
    self.name = name
    let plain = Self.plain(name)
    if let own = Self.own.first(where: { Self.plain($0) == plain }) {
      allowed = [own]
      restricted = [own]
    } else if let meant = Self.others[plain] {
      allowed = meant
      // Who may not edit a file may not put another in its place either.
      restricted = meant.contains("edit_file") || meant.contains("write_file") ? Self.changing : meant
    } else {
      allowed = []
      restricted = []
    }
  }

  /// What the names of the tools of an MCP server begin with, where the word means all of them: `mcp__server` and
  /// `mcp__server__*`.
  private var servers: String? {
    guard name.utf8.starts(with: Self.ofServers.utf8) else { return nil }
    if name.utf8.last == UInt8(ascii: "*") { return String(name.dropLast()) }
    let rest = name.dropFirst(Self.ofServers.count)
    return rest.isEmpty || rest.contains("__") ? nil : name + "__"
  }

  /// What the names of MCP servers' tools begin with.
  static let ofServers = "mcp__"

  /// Whether a rule's first word is written as one may be: a name, any tool, or all tools of a server.
  static func isWord(_ name: String) -> Bool {
    var bytes = Array(name.utf8)
    guard bytes != [UInt8(ascii: "*")] else { return true }
    if bytes.last == UInt8(ascii: "*") {
      let isOfServer = bytes.starts(with: ofServers.utf8) && bytes.count > ofServers.utf8.count + 3
      guard isOfServer, bytes.dropLast().suffix(2).elementsEqual("__".utf8) else { return false }
      bytes.removeLast()
    }
    return !bytes.isEmpty && bytes.allSatisfy(Byte.isName)
  }

  /// Whether the word means a tool by its own name, or by its server's.
  private func names(_ tool: String) -> Bool {
    Self.isSame(name, tool) || servers.map { tool.utf8.starts(with: $0.utf8) } ?? false
  }

  /// Whether it means any tool.
  var isAny: Bool { name == "*" }
  /// Whether it is neither `*` nor a word for a tool of ours.
  var isForeign: Bool { !isAny && allowed.isEmpty }
  /// The tool of ours that its pattern is written for; `nil` for `*` and tools of others.
  var patternTool: String? { allowed.first }

  /// Whether a rule of that word that allows is about a tool.
  func allows(_ tool: String) -> Bool { isAny || names(tool) || Self.contains(allowed, tool) }

  /// Whether a rule of that word that refuses or asks is about a tool, whatever it is used on.
  func restricts(_ tool: String) -> Bool { isAny || names(tool) || Self.contains(restricted, tool) }

  /// Whether a rule of that word with a path that refuses or asks holds for what a tool does to the path.
  ///
  /// A file that may not be read may not be moved to where it may, nor shown by an edit; one that may not be changed may
  /// not be changed by another tool.
  func restricts(_ tool: String, on effect: PermissionAction) -> Bool {
    if restricts(tool) { return true }
    if restrictsReading {
      switch effect {
      case .move: return true
      case .write: return tool == "edit_file"
      default: return false
      }
    }
    if Self.contains(restricted, "edit_file") || Self.contains(restricted, "write_file") {
      return Self.contains(Self.changing, tool)
    }
    return Self.contains(restricted, "delete_file") && tool == "move_file"
  }

  /// Whether it keeps a file's content from being read.
  var restrictsReading: Bool { isAny || Self.contains(restricted, "read_file") }

  /// Whether nothing that only reads concerns it.
  var restrictsChangesAlone: Bool { !isAny && !restricted.isEmpty && restricted.allSatisfy(Self.changing.contains) }

  /// Swift takes a K and the Kelvin sign for one letter; names of tools are bytes.
  private static func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
  private static func contains(_ names: [String], _ name: String) -> Bool { names.contains { isSame($0, name) } }

  private static func plain(_ name: String) -> String {
    String(decoding: name.utf8.filter { !"_- ".utf8.contains($0) }.map(Byte.lowercased), as: UTF8.self)
  }

  /// The tools of ours.
  package static let own = [
    "read_file", "write_file", "edit_file", "list_files", "find_files", "search_files", "move_file", "delete_file",
    "create_directory", "get_project_info", "update_plan", "execute_command", "command_output", "command_stop",
    "fetch_url", "switch_model", "ask_user", "skill", "delegate",
  ]
  /// Those of ours that are not there in every session.
  package static let offeredWhenAsked = ["skill", "delegate"]
  /// Those of ours whose calls name nothing that a pattern could be about.
  static let withoutPattern: Set = [
    "update_plan", "switch_model", "ask_user", "command_output", "command_stop", "skill", "delegate",
  ]
  /// Those of ours that change files.
  private static let changing = ["edit_file", "write_file", "move_file", "delete_file", "create_directory"]

  /// What other agents call such tools: Claude Code, opencode, Codex, Gemini CLI, Copilot, Cursor, Cline, Zed.
  private static let others: [String: [String]] = {
    let names: [(String, [String])] = [
      (
        "execute_command",
        [
          "bash", "shell", "sh", "zsh", "powershell", "run", "exec", "execute", "command", "terminal", "runcommand",
          "runshellcommand", "runterminalcmd", "runterminalcommand", "runinterminal", "localshell", "execcommand",
          "shellcommand",
        ]
      ),
      (
        "read_file",
        [
          "read", "readfiles", "readmanyfiles", "view", "viewfile", "open", "openfile", "cat", "notebookread", "fsread",
          "readtextfile", "getfile", "filesread",
        ]
      ),
      (
        "edit_file",
        [
          "edit", "multiedit", "notebookedit", "applypatch", "patch", "replace", "replaceinfile", "strreplace",
          "strreplaceeditor", "strreplacebasededittool", "applydiff", "insertedit", "insertcontent", "searchreplace",
          "update", "modify", "fsedit",
        ]
      ),
      (
        "write_file",
        ["write", "create", "createfile", "newfile", "writetofile", "fswrite", "writetextfile", "savefile"]
      ),
      (
        "search_files",
        [
          "grep", "search", "rg", "ripgrep", "grepsearch", "searchfilecontent", "codebasesearch", "searchtext",
          "searchcode",
        ]
      ),
      ("find_files", ["glob", "find", "findpath", "filesearch", "globfiles", "globfilesearch", "searchfilenames"]),
      ("list_files", ["ls", "list", "listdir", "listdirectory", "listfolder", "readdirectory", "readfolder"]),
      ("move_file", ["move", "mv", "rename", "renamefile", "movepath"]),
      ("delete_file", ["delete", "rm", "remove", "removefile", "deletepath"]),
      ("create_directory", ["mkdir", "makedirectory", "createfolder", "newfolder"]),
      ("command_output", ["bashoutput", "readterminal", "getterminaloutput", "taskoutput"]),
      ("command_stop", ["killshell", "killbash", "killterminal", "taskstop"]),
      ("fetch_url", ["webfetch", "fetch", "fetchwebpage", "browse", "openurl", "urlfetch"]),
      ("update_plan", ["todowrite", "todoread", "todo", "updatetodos", "writetodos"]),
      ("delegate", ["task", "agent", "spawnagent", "subagent"]),
      ("ask_user", ["askuserquestion", "askquestion", "askfollowupquestion", "requestuserinput"]),
    ]
    var found: [String: [String]] = [:]
    for (own, words) in names {
      for word in words {
        found[word] = own == "edit_file" || own == "write_file" ? ["edit_file", "write_file"] : [own]
      }
    }
    return found
  }()
}
