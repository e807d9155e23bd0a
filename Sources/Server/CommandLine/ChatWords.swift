internal import OperatingSystem
internal import Protocol
internal import Providers

/// The commands of a conversation at a terminal: its own, and those that every face has.
struct ChatWords: Sendable {
  let session: Session
  let backend: Backend
  let sources: [any CommandSource]

  /// Those that are the terminal's own.
  private enum Own: String, CaseIterable {
    case help, model, effort, rewind, quit

    var line: String {
      switch self {
      case .help: "/help"
      case .model: "/model [NAME]"
      case .effort: "/effort [LEVEL]"
      case .rewind: "/rewind [COUNT] [files]"
      case .quit: "/quit"
      }
    }

    var does: String {
      switch self {
      case .help: "Tells what can be typed"
      case .model: "Has another model answer, or tells which one does"
      case .effort: "Has the model try harder or less (\(Effort.allCases.map(\.rawValue).joined(separator: ", ")))"
      case .rewind: "Forgets the last exchange, or so many; with files what tools have changed since is put back"
      case .quit: "Leaves, as Ctrl-D does"
      }
    }
  }

  /// A line's command and what stands behind it; `nil` where the line is none.
  private static func parts(of line: String) -> (name: String, rest: String)? {
    // A path is none.
    guard line.hasPrefix("/"), let call = SlashCall(line), !call.name.contains("/"), !call.name.contains(".") else {
      return nil
    }
    return (call.name, Trimmed.of(call.words))
  }

  /// Whether a line is a command, if only one that is not there.
  func isCommand(_ line: String) -> Bool { Self.parts(of: line) != nil }

  /// Whether a line ends the conversation.
  func leaves(_ line: String) -> Bool {
    Self.parts(of: line).map { [Own.quit.rawValue, "exit"].contains($0.name) } ?? false
  }

  /// Does what a line says.
  func carryOut(_ line: String) async throws -> CommandOutcome {
    guard let (name, rest) = Self.parts(of: line) else { return .said("") }
    switch Own(rawValue: name) {
    case .help?, .quit?: return .said(help)
    case .model?: return .said(try await model(rest))
    case .effort?: return .said(try effort(rest))
    case .rewind?: return .said(try await rewind(rest))
    case nil:
      for source in sources where source.commands(of: session).contains(where: { $0.name == name }) {
        return try await source.carryOut(name, rest, in: session)
      }
      return .said("There is no command /\(name); /help lists what there is.")
    }
  }

  private var help: String {
    let own = Own.allCases.map { "\($0.line): \($0.does)" }
    let others = sources.flatMap { $0.commands(of: session) }.map { command in
      let line = ["/\(command.name)", command.hint].compactMap(\.self).joined(separator: " ")
      return "\(TerminalQuestion.shown(line)): \(TerminalQuestion.shown(command.explanation))"
    }
    return
      (own + others + [
        "What is pasted at once is one prompt; a line that ends with \\ goes on in the next.",
        "Ctrl-C stops what goes on, and leaves when it comes twice.",
      ]).joined(separator: "\n")
  }

  private func model(_ name: String) async throws -> String {
    guard name.isEmpty else {
      let response = try backend.models.switchModel(of: session, to: name, provider: nil)
      return ["Now \(response.current.providerModelId) answers.", response.notice].compactMap(\.self)
        .joined(separator: "\n")
    }
    let known = (try? backend.engine.providers[session.info.provider]?.knownModels()) ?? []
    let others = known.map(\.id).joined(separator: ", ")
    return "\(session.info.model) answers.\(others.isEmpty ? "" : " Known here: \(others).")"
  }

  private func effort(_ level: String) throws -> String {
    let levels = Effort.allCases.map(\.rawValue).joined(separator: ", ")
    guard !level.isEmpty else {
      return "The effort is \(session.options.effort?.rawValue ?? "the model's own"); there are \(levels)."
    }
    guard let effort = Effort(rawValue: level) else {
      throw Failure.invalidParams("there is no effort '\(level)'; there are \(levels)")
    }
    _ = session.change { $0.effort = effort }
    return "The effort is \(level) from the next prompt on."
  }

  private func rewind(_ rest: String) async throws -> String {
    let words = rest.split(whereSeparator: \.isWhitespace)
    let counts = words.filter { $0 != "files" }
    let count = counts.isEmpty ? 1 : Int(counts[0]) ?? 0
    guard count > 0, counts.count < 2 else {
      throw Failure.invalidParams("/rewind takes how many exchanges are to be forgotten, and 'files'")
    }
    let there = session.info.exchanges
    guard there > 0 else { return "Nothing was said yet." }
    var request = SessionRewind(sessionId: session.id)
    request.exchanges = max(0, there - count)
    request.files = words.contains("files")
    let info = try await backend.upkeep.rewind(request)
    var told = ["\(there - info.exchanges) of \(there) exchanges are forgotten."]
    if let files = info.files {
      told.append(files.restored.isEmpty ? "No file was put back." : "Put back: \(list(files.restored)).")
      if !files.kept.isEmpty { told.append("Not put back: \(list(files.kept)).") }
      if let commands = files.commands { told.append("What commands have changed stays: \(list(commands)).") }
    }
    return told.joined(separator: "\n")
  }

  private func list(_ names: [String]) -> String { names.map(TerminalQuestion.shown).joined(separator: ", ") }
}
