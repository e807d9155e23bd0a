internal import Protocol

/// `skill`: gives a model the text of a skill that it was told of, or another file of the skill's.
package struct SkillTool: ToolSource {
  private struct Input: Decodable {
    var name: String
    var arguments: String?
    var file: String?
  }

  private let session: Session
  private let lookup: SkillLookup
  private let sources: @Sendable (String) -> InstructionSources

  /// The tool for a session.
  init(_ session: Session, _ engine: Engine) {
    self.session = session
    lookup = engine.skills
    sources = { engine.sources(of: session, in: $0) }
  }

  /// Its name.
  package static let name = Skills.toolName

  package var definitions: [ToolDefinition] { [Self.definition] }

  private static let definition = ToolDefinition(
    name: name,
    description: """
      Gives the text of one of the skills that you were told of: how a kind of work is done here. Call it before such work, \
      and follow it. With file it gives another text file of the skill's folder that its text names.
      """,
    inputSchema: ToolDefinition.schema(
      [
        "name": ["type": "string", "minLength": 1, "description": "The skill's name as it was told you."],
        "arguments": [
          "type": "string", "description": "What the skill is to be used on, where its text has a place for it.",
        ],
        "file": [
          "type": "string", "minLength": 1,
          "description": "A file's path from the skill's folder, such as reference.md.",
        ],
      ], required: ["name"]))

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    let input: Input = try Self.definition.read(request.input)
    let folder = setting.workspace.place.absolute
    guard let workspace = FolderPath(folder) else { throw ToolError(.failed, "There is no workspace.") }
    let skills = lookup.find(for: session, in: workspace)
    guard let skill = skills.known(input.name) else {
      let known = skills.all.filter(\.isForModel).map(\.name).joined(separator: ", ")
      throw ToolError(
        .notFound,
        "There is no skill '\(OneLine.of(input.name))'. " + (known.isEmpty ? "There is none." : "There are: \(known)."))
    }
    let what = input.file.map { "\($0) of the skill \(skill.name)" } ?? "the skill \(skill.name)"
    let (sources, sessionId) = (sources(folder), session.id)
    return ToolPlan(
      title: "Read \(what)", effects: [], locations: [ToolLocation(path: skill.path.description)]
    ) { _, _ throws(ToolError) in
      guard let file = input.file else {
        let place = FilledPrompt.Setting(folders: [workspace], home: nil, sessionId: sessionId, sources: sources)
        return ToolOutcome(text: skill.text(saying: input.arguments ?? "", in: place))
      }
      do throws(SkillFile.Flaw) {
        return ToolOutcome(text: try SkillFile(file, of: skill, reading: sources).text)
      } catch {
        throw ToolError(.refused, "'\(OneLine.of(file))' of the skill \(error.reason).")
      }
    }
  }
}
