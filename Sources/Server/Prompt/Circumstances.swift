package import Protocol

/// What holds around a conversation at a moment, each thing under a name of its own.
///
/// The system prompt tells how they were when the conversation began, and never changes: what has changed since is told
/// once, in a message behind what the person said last.
package struct Circumstances: Hashable, Sendable {
  /// One thing that holds, and what is told of it.
  private struct Fact: Hashable {
    /// What it is, by a ``Name`` or by a folder below the workspace.
    var name: String
    var text: String
    /// By what it is told apart from what held before.
    var mark: String
  }

  /// The things that can hold; the order is that in which they are told.
  private enum Name: String, CaseIterable {
    case model, workspace, folders, operatingSystem, date, git, permissions, confinement, instructions, skills, tools
    case servers, serverWords, commands, request, answer

    /// What is told when it holds no longer; `nil` when there is nothing to say.
    var end: String? {
      switch self {
      case .model, .date, .permissions, .operatingSystem, .commands: nil
      case .workspace: "There is no workspace any more."
      case .folders: "There are no other folders any more in which you may work as in the workspace."
      case .confinement: "Commands are not confined any more."
      case .git: "Git: not a repository any more."
      case .instructions: "The project's instructions no longer hold: their files are gone."
      case .skills: "There are no skills any more."
      case .tools: "All tools may be called again."
      case .servers: "find_tools finds no more tools."
      case .serverWords: "What MCP servers said of themselves no longer holds."
      case .request: "What was said for the last request alone no longer holds."
      case .answer: "The form that the last answer had to have is not asked for any more."
      }
    }
  }

  private var facts: [Fact] = []

  /// Nothing is known.
  package init() {}

  private mutating func set(_ name: Name, _ text: String?, mark: String? = nil) {
    set(name.rawValue, text, mark: mark ?? text ?? "")
  }

  private mutating func set(_ name: String, _ text: String?, mark: String) {
    facts.removeAll { $0.name == name }
    if let text { facts.append(Fact(name: name, text: text, mark: mark)) }
  }

  /// Who answers: the model as its provider knows it.
  package mutating func tell(model: String, provider: ProviderID) {
    let name = OneLine.of(model)
    set(
      .model, "You are the model `\(name)`, served by \(provider.title). Say so when you are asked what model you are.")
  }

  /// Where the work is: the folder, `nil` for none, and the system's name, such as `Linux 6.8 (x86_64)`.
  package mutating func tell(workspace: String?, operatingSystem: String?) {
    set(.workspace, workspace.map { "Workspace: \(OneLine.of($0))" })
    set(.operatingSystem, operatingSystem.map { "Operating system: \(OneLine.of($0))" })
  }

  /// Other folders in which tools may work; none for an empty list.
  package mutating func tell(otherFolders: [String]) {
    let folders = otherFolders.map(OneLine.of).joined(separator: ", ")
    set(.folders, otherFolders.isEmpty ? nil : "Other folders in which you may work as in the workspace: \(folders)")
  }

  /// The day, of a moment in milliseconds since 1970.
  package mutating func tell(now: Int) {
    let date = CivilDate(millisecondsSince1970: now)
    set(.date, "Today is \(date.weekday), \(date) (UTC).")
  }

  /// Where the workspace stands in git; `nil` for no repository.
  package mutating func tell(git: GitState?) { set(.git, "Git: \(git?.line ?? "not a repository")") }

  /// What tools may do unasked, in one line; `nil` where there are none.
  package mutating func tell(permissions: String?) {
    set(.permissions, permissions.map { "Permissions: \(OneLine.of($0))" })
  }

  /// What commands are kept to; `nil` for nothing.
  package mutating func tell(confinement: String?) { set(.confinement, confinement) }

  /// What the project says; `mark` tells one state of its files from another.
  package mutating func tell(instructions: ProjectInstructions, mark: String) {
    guard !instructions.files.isEmpty else { return set(.instructions, nil) }
    set(.instructions, "The project's instructions have changed; these hold now.\n\n\(instructions.told)", mark: mark)
  }

  /// What a folder below the workspace says to those who work in it.
  package mutating func tell(instructions: ProjectInstructions, mark: String, below folder: String) {
    let text = "For work below \(OneLine.of(folder)) these hold, too.\n\n\(instructions.told)"
    set(Self.below + folder, instructions.files.isEmpty ? nil : text, mark: mark)
  }

  private static let below = "below:"

  /// The folders below the workspace of whose instructions marks tell.
  package static func foldersBelow(in told: JSONObject) -> [String] {
    told.map(\.key).filter { $0.hasPrefix(below) }.map { String($0.dropFirst(below.count)) }
  }

  /// Which skills there are, as a model is told of them; `mark` tells one state of them from another.
  package mutating func tell(skills: String, mark: String) { set(.skills, skills, mark: mark) }

  /// The tools that may not be called now.
  package mutating func tell(withheld: [String]) {
    let names = withheld.map(OneLine.of).joined(separator: ", ")
    set(.tools, withheld.isEmpty ? nil : "Not available now, so that a call of it is refused: \(names).")
  }

  /// Which tools of MCP servers must be found, and what the servers say of themselves.
  package mutating func tell(servers: String?, words: String?) {
    set(.servers, servers)
    set(.serverWords, words)
  }

  /// Which commands have ended in the background.
  package mutating func tell(endedCommands: String?) { set(.commands, endedCommands) }

  /// What the caller says for the request alone.
  package mutating func tell(request: String?) {
    let text = request.flatMap { BlankText.isBlank($0) ? nil : $0 }
    set(.request, text.map { "For this request alone:\n\($0)" })
  }

  /// What the answer must look like.
  package mutating func tell(answer: String?) { set(.answer, answer) }

  /// What the system prompt tells of them, a line each; it tells the project's instructions by itself.
  package var lines: [String] { facts.filter { $0.name != Name.instructions.rawValue }.map(\.text) }

  /// The marks of what holds, by name.
  package var marks: JSONObject { JSONObject(facts.map { ($0.name, .string($0.mark)) }) }

  /// What is to be told a model that was told these marks, and what it has been told by it; `nil` when nothing is new.
  package func news(since told: JSONObject) -> (text: String, told: JSONObject)? {
    var texts: [String] = []
    var news = JSONObject()
    let folders = Set(facts.map(\.name) + told.map(\.key)).filter { $0.hasPrefix(Self.below) }.sorted()
    for name in Name.allCases.map(\.rawValue) + folders {
      let before = told[name]?.string
      let fact = facts.first { $0.name == name }
      guard fact?.mark != before else { continue }
      news[name] = fact.map { .string($0.mark) } ?? .null
      if let text = fact?.text ?? Self.end(of: name) { texts.append(text) }
    }
    return texts.isEmpty ? nil : (texts.joined(separator: "\n"), news)
  }

  private static func end(of name: String) -> String? {
    if let name = Name(rawValue: name) { return name.end }
    return "What was said for work below \(OneLine.of(String(name.dropFirst(below.count)))) no longer holds."
  }
}

extension JSONObject {
  /// These marks, with later ones over them; `null` takes one away.
  package func told(also later: JSONObject?) -> JSONObject {
    var all = self
    for (name, mark) in later ?? JSONObject() { all[name] = mark.isNull ? nil : mark }
    return all
  }
}

extension ProviderID {
  /// The service's name for people.
  fileprivate var title: String {
    switch self {
    case .anthropic: "the Anthropic API"
    case .bedrock: "AWS Bedrock"
    }
  }
}
