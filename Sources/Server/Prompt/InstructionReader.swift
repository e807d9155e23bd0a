internal import OperatingSystem
internal import Protocol
internal import Providers

/// Reads files of instructions and what they import, the nearest first, as far as they may be read and there is room.
struct InstructionReader {
  private typealias Border = GuardedFiles.Border

  private let sources: InstructionSources
  private let guarded: GuardedFiles
  private let home: FolderPath?
  private var room: Int
  private var seen: Set<FolderPath> = []
  private var texts: Set<String>
  /// The nearest first.
  private var files: [ProjectInstructions.File] = []
  private var notices: [String] = []

  /// A reader with room for so many bytes; files whose text is among those `told` are not read again.
  init(
    _ sources: InstructionSources, home: FolderPath?, room: Int, besides told: [ProjectInstructions.File] = []
  ) {
    self.sources = sources
    guarded = GuardedFiles(sources)
    self.home = home
    self.room = room
    texts = Set(told.map(\.text))
    seen = Set(told.compactMap { FolderPath($0.path) }.compactMap(guarded.target))
  }

  /// What was found, the nearest last.
  var found: ProjectInstructions {
    var found = ProjectInstructions()
    (found.files, found.notices) = (files.reversed(), notices.reversed())
    return found
  }

  /// Reads what lies in a folder, within another.
  mutating func read(_ folder: FolderPath, within top: FolderPath) {
    guard let border = guarded.border(top) else { return }
    for name in ProjectInstructions.names.reversed() {
      // Above a home that is no project's, this is the person's own.
      guard home.map({ folder.appending(name) != $0.appending(ProjectInstructions.personalName) }) ?? true else {
        continue
      }
      _ = read(ProjectInstructions.File(path: folder.appending(name).description, text: ""), within: border)
    }
  }

  /// Reads what the person has written for all projects.
  mutating func readPersonal() {
    guard let home, let border = guarded.border(home) else { return }
    let path = home.appending(ProjectInstructions.personalName).description
    _ = read(ProjectInstructions.File(path: path, text: "", isPersonal: true), within: border)
  }

  /// Reads a file and what it imports, each of which is shown before it.
  ///
  /// - Returns: Whether there is such a file.
  private mutating func read(_ file: ProjectInstructions.File, within border: Border, depth: Int = 0) -> Bool {
    guard let path = FolderPath(file.path) else { return false }
    // Whoever names a folder, or a machine, means no text to be read here.
    if file.importer != nil, let target = guarded.target(of: path),
      let kind = sources.files.status(target.description)?.kind, kind != .file
    {
      return true
    }
    let target: FolderPath
    switch guarded.look(at: path, within: border, isShown: file.importer != nil) {
    case .absent: return false
    case .refused(let reason):
      pass(file, reason)
      return true
    case .foreign:
      notices.append(GuardedFiles.notFollowed(file.path))
      return true
    case .at(let place): target = place
    }
    // Often one name is a link to the other, or a copy of it.
    guard seen.insert(target).inserted, let bytes = contents(of: target, file) else { return true }
    guard let text = text(of: file, bytes), texts.insert(text).inserted else { return true }
    room -= min(text.utf8.count, room)
    var file = file
    file.text = text
    files.append(file)
    if Self.imports(file) { follow(file, path, within: border, depth: depth) }
    return true
  }

  /// Only `CLAUDE.md` has imports, and what it imports: to other programs that read `AGENTS.md` an `@` is a letter.
  private static func imports(_ file: ProjectInstructions.File) -> Bool {
    file.importer != nil || !file.path.hasSuffix("AGENTS.md")
  }

  /// Reads what a file imports, the last first, as what is shown last is read first.
  private mutating func follow(
    _ file: ProjectInstructions.File, _ path: FolderPath, within border: Border, depth: Int
  ) {
    let named = InstructionImports.paths(in: file.text)
    guard depth < PromptLimits.importDepthMax else {
      if !named.isEmpty { notices.append("what \(file.path) imports is not read: it is too deep") }
      return
    }
    if named.count > PromptLimits.importsMax {
      notices.append("\(file.path) imports \(named.count) files; the first \(PromptLimits.importsMax) are read")
    }
    for name in named.prefix(PromptLimits.importsMax).reversed() {
      guard let folder = path.parent, let place = place(of: name, from: folder) else { continue }
      let imported = ProjectInstructions.File(
        path: place.description, text: "", importer: file.path, isPersonal: file.isPersonal)
      // Names of people and packages look the same, but have no such ending.
      if !read(imported, within: border, depth: depth + 1), Self.endings.contains(where: name.hasSuffix) {
        notices.append("\(file.path) imports \(OneLine.of(name)), which is not there")
      }
    }
  }

  private static let endings = [".md", ".mdc", ".mdx", ".markdown", ".txt"]

  private func place(of name: String, from folder: FolderPath) -> FolderPath? {
    guard name.hasPrefix("~/") else { return name.utf8.contains(0) ? nil : folder.appending(name) }
    return home?.appending(String(name.dropFirst(2)))
  }

  private mutating func pass(_ file: ProjectInstructions.File, _ reason: String) {
    let importer = file.importer.map { ", which \($0) imports," } ?? ""
    notices.append("\(file.path)\(importer) is not read: \(reason)")
  }

  /// A file's text as UTF-8, when it says something.
  private mutating func contents(of target: FolderPath, _ file: ProjectInstructions.File) -> [UInt8]? {
    switch guarded.contents(of: target) {
    case .nothing: return nil
    case .refused(let reason):
      pass(file, reason)
      return nil
    case .text(let text, let encoding):
      if !encoding.isUTF8 { notices.append("\(file.path) is taken for \(encoding.rawValue)") }
      return text
    }
  }

  /// A text as far as there is room; `nil` when there is none, which is said.
  private mutating func text(of file: ProjectInstructions.File, _ bytes: [UInt8]) -> String? {
    let most = min(PromptLimits.instructionsFileMax, room)
    guard bytes.count > most else { return String(decoding: bytes, as: UTF8.self) }
    let kept = GuardedFiles.wholeLines(bytes, most: most)
    guard kept > 0 else {
      pass(file, "the files nearer to the work fill all the room there is")
      return nil
    }
    notices.append("\(file.path) is cut: \(kept) of its \(bytes.count) bytes are shown to the model")
    let end = "[cut here: \(kept) of \(bytes.count) bytes; read \(file.path) for the rest]"
    return String(decoding: bytes[..<kept], as: UTF8.self) + "\n" + end
  }
}
