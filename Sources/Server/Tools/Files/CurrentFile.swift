internal import OperatingSystem
internal import Protocol
internal import Providers

/// A file as the person has it: what the editor holds of it where that is not saved, else what is on disk.
struct CurrentFile: Sendable {
  /// Who is to take a change of it.
  enum Holder: Hashable, Sendable {
    /// The disk: no editor has it.
    case disk
    /// Nobody has said: an editor that takes texts is asked first.
    case unsaid
    /// The editor has it open, and knows what became of it.
    case editor(isUnsaved: Bool, form: Form)
  }

  /// What an editor leaves out of a text, and puts back when it saves it: those that hold lines know of no last end.
  struct Form: Hashable, Sendable {
    /// The returns at the ends of lines.
    var dropsReturns = false
    /// The byte order mark.
    var dropsMark = false
    /// The end of the last line.
    var dropsLastEnd = false

    /// Nothing is left out.
    static let whole = Form()
    /// All of it is.
    static let plain = Form(dropsReturns: true, dropsMark: true, dropsLastEnd: true)

    /// What is missing in an editor's text of a file that is the same otherwise.
    static func missing(in held: [UInt8], of disk: [UInt8]) -> Form {
      Form(
        dropsReturns: disk.contains(Byte.carriageReturn) && !held.contains(Byte.carriageReturn),
        dropsMark: disk.starts(with: Byte.byteOrderMark) && !held.starts(with: Byte.byteOrderMark),
        dropsLastEnd: disk.last == Byte.newline && held.last != Byte.newline)
    }

    /// A text as the editor has it.
    func applied(to bytes: [UInt8]) -> [UInt8] {
      let hasMark = dropsMark && bytes.starts(with: Byte.byteOrderMark)
      var rest = hasMark ? Array(bytes.dropFirst(Byte.byteOrderMark.count)) : bytes
      if dropsReturns { rest = CurrentFile.withoutReturns(rest) }
      if dropsLastEnd, rest.last == Byte.newline { rest.removeLast() }
      return rest
    }
  }

  let bytes: [UInt8]
  /// What is on disk; `nil` where nothing is.
  let disk: FileRead?
  let holder: Holder
  /// What is to be told of how it was found.
  var remark: String?

  /// Whether it is text of an editor's that is not on disk.
  var isUnsaved: Bool { if case .editor(let isUnsaved, _) = holder { isUnsaved } else { false } }

  /// Whether two texts are the same to a person: editors leave out what ends lines, the last end of a line, a mark.
  static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one == other || Form.plain.applied(to: one) == Form.plain.applied(to: other)
  }

  /// A text whose lines end with a newline alone.
  private static func withoutReturns(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(Byte.carriageReturn) else { return bytes }
    return bytes.indices.filter { place in
      bytes[place] != Byte.carriageReturn || place + 1 == bytes.count || bytes[place + 1] != Byte.newline
    }.map { bytes[$0] }
  }
}

extension Workspace {
  /// A file as the person has it; `nil` where there is none.
  ///
  /// What an editor has no text of stays on disk: binary files, images, PDFs, notebooks, other encodings than UTF-8, what is
  /// larger than `max`, and what is outside the workspace. `isForChange` refuses where an editor does not say in time what
  /// it holds; whoever only reads is told.
  func current(
    _ path: WorkspacePath, max: Int = ToolLimits.fileBytesMax, isForChange: Bool = true, _ cancellation: Cancellation
  ) throws(ToolError) -> CurrentFile? {
    try current(path, over: try onDisk(path, max: max), max: max, isForChange: isForChange, cancellation)
  }

  /// A file as the person has it, of which `disk` is on disk.
  func current(
    _ path: WorkspacePath, over disk: FileRead?, max: Int = ToolLimits.fileBytesMax, isForChange: Bool = true,
    _ cancellation: Cancellation
  ) throws(ToolError) -> CurrentFile? {
    let stays = disk.map { CurrentFile(bytes: $0.bytes, disk: $0, holder: .disk) }
    guard let editor, editor.offer != .nothing, let name = editor.name(of: path),
      Self.isForEditors(path, disk?.bytes)
    else { return stays }
    guard editor.offer.reads else { return disk.map { CurrentFile(bytes: $0.bytes, disk: $0, holder: .unsaid) } }
    switch try editor.text(of: name, cancellation) {
    case .refused: return stays
    case .silent(let silence):
      // A new file is under nothing that the person has saved.
      if disk == nil, silence == .resting { return nil }
      guard !isForChange else { throw silence.refusal(path) }
      let remark = silence.remark(path)
      return disk.map { CurrentFile(bytes: $0.bytes, disk: $0, holder: .disk, remark: "\(remark); this is on disk") }
    case .given(let text):
      let held = Array(text.utf8)
      guard let disk else {
        // Some editors answer so for a file that is not there.
        return held.isEmpty
          ? nil
          : CurrentFile(bytes: held, disk: nil, holder: .editor(isUnsaved: true, form: .whole))
      }
      guard CurrentFile.isSame(held, disk.bytes) else {
        guard held.count <= max else { throw refusal(path, .tooLarge(held.count), max: max) }
        return CurrentFile(bytes: held, disk: disk, holder: .editor(isUnsaved: true, form: .whole))
      }
      return CurrentFile(
        bytes: disk.bytes, disk: disk,
        holder: .editor(isUnsaved: false, form: .missing(in: held, of: disk.bytes)))
    }
  }

  /// A file as the person has it, where an editor may hold it; `nil` where only the disk can.
  func currentForReading(_ path: WorkspacePath, _ cancellation: Cancellation) throws(ToolError) -> CurrentFile? {
    guard editor?.offer.reads == true, path.isWithinReach else { return nil }
    if let status = try status(path) {
      // What is too large to be held, or no file, is for others to tell.
      guard status.kind == .file, status.size <= ToolLimits.fileBytesMax else { return nil }
    }
    return try current(path, isForChange: false, cancellation)
  }

  /// The file that is on disk; `nil` when none is.
  func onDisk(_ path: WorkspacePath, max: Int) throws(ToolError) -> FileRead? {
    guard let status = try status(path) else { return nil }
    guard status.kind == .file else { throw notAFile(path, status.kind) }
    return try read(path, max: max)
  }

  /// Whether editors have such a file as text.
  private static func isForEditors(_ path: WorkspacePath, _ bytes: [UInt8]?) -> Bool {
    guard !path.text.hasSuffix(".ipynb") else { return false }
    guard let bytes else { return true }
    guard ImageFormat(bytes) == nil, !SoundDocument.isPDF(bytes) else { return false }
    let encoding = TextEncoding.decode(bytes)?.encoding
    return encoding == .utf8 || encoding == .utf8WithMark
  }

  /// Puts new content in a file's place where the person has it: in the editor, which saves it or not, else on disk.
  ///
  /// `old` is what was read of it just now, `nil` for a new file.
  func put(
    _ path: WorkspacePath, _ bytes: [UInt8], over old: CurrentFile?, noting journal: FileJournal? = nil,
    _ cancellation: Cancellation
  ) throws(ToolError) -> FileChange {
    let holder = old?.holder ?? .unsaid
    guard holder != .disk, let editor, editor.offer.writes, let name = editor.name(of: path),
      Self.isForEditors(path, bytes), let text = String(validating: bytes, as: UTF8.self)
    else {
      guard old?.isUnsaved != true else {
        throw ToolError(
          .refused,
          "'\(path.text)' has changes in the editor that are not saved, and the editor takes none from here, so nothing "
            + "was done; ask the person to save it.")
      }
      return try write(path, bytes, expected: old?.disk, noting: journal)
    }
    try checkMayWrite(path, bytes, over: old?.disk)
    // Not every editor makes the folders that a new file is in.
    if old == nil { _ = try open(path.parent, creating: true, noting: journal) }
    var sent = text
    if case .editor(_, let form) = holder { sent = String(decoding: form.applied(to: bytes), as: UTF8.self) }
    let answer: EditorDesk.Answer<Void>
    do throws(ToolError) { answer = try editor.put(sent, in: name, cancellation) } catch {
      // It may have been on its way.
      if error.kind == .cancelled { journal?.note(.maybeTaken(path)) }
      throw error
    }
    switch answer {
    case .given:
      // From here on it is what the editor says next: it may save or change it.
      let now = try? current(path, cancellation)
      return FileChange(
        path: path, before: .held(old?.bytes, sent: bytes, isSaved: now.map { !$0.isUnsaved } ?? false),
        after: now?.bytes ?? bytes)
    case .refused(let message):
      guard case .editor = holder else { return try write(path, bytes, expected: old?.disk, noting: journal) }
      throw ToolError(.refused, "The editor does not take a change of '\(path.text)': \(message)")
    case .silent(.resting):
      guard old == nil else { throw EditorDesk.Silence.resting.refusal(path) }
      var change = try write(path, bytes, expected: nil, noting: journal)
      change.remark = "it is on disk, as the editor does not answer"
      return change
    case .silent(let silence):
      journal?.note(.maybeTaken(path))
      let said = "did not say \(silence.words(within: ToolLimits.editorWorkMs))whether it took"
      throw ToolError(.failed, "The editor \(said) the change of '\(path.text)'\(silence.reason); read it to see.")
    }
  }
}

extension FileJournal.Undo {
  /// A change that an editor may have taken or not.
  fileprivate static func maybeTaken(_ path: WorkspacePath) -> FileJournal.Undo {
    .nothing(path, reason: "the editor did not say whether it took a change of it, which is not taken back.")
  }
}

extension EditorDesk.Silence {
  /// What is to be told of a file that an editor may hold text of.
  fileprivate func remark(_ path: WorkspacePath) -> String {
    guard self != .resting else { return "the editor does not answer, and may hold unsaved text of '\(path.text)'" }
    return "the editor did not say \(words(within: ToolLimits.editorAnswerMs))what it holds of '\(path.text)'\(reason)"
  }

  /// Why nothing is done to such a file.
  fileprivate func refusal(_ path: WorkspacePath) -> ToolError {
    let remark = remark(path)
    let hint = self == .resting ? "ask the person to look after it, and try again in a minute" : "try again"
    return ToolError(.failed, "\(remark.prefix(1).uppercased() + remark.dropFirst()), so nothing was done; \(hint).")
  }

  fileprivate func words(within milliseconds: Int) -> String {
    self == .late ? "within \(milliseconds / 1_000) s " : ""
  }

  fileprivate var reason: String { if case .unclear(let reason) = self { " (\(reason))" } else { "" } }
}
