internal import CPlatform

/// What the system answered in place of doing what it was asked: an `errno`.
struct SystemProblem: Error, Hashable {
  let number: Int32

  /// A result of the C functions, where below zero stands an error number.
  init(result: some BinaryInteger) { number = Int32(truncatingIfNeeded: -Int64(result)) }

  private init(_ number: Int32) { self.number = number }

  static let notThere = SystemProblem(ENOENT)
  static let notALink = SystemProblem(EINVAL)
  static let notAFolder = SystemProblem(ENOTDIR)
  static let exists = SystemProblem(EEXIST)
  static let isLink = SystemProblem(ELOOP)
  static let notEmpty = SystemProblem(ENOTEMPTY)
  static let otherDevice = SystemProblem(EXDEV)
  static let notPermitted = SystemProblem(EACCES)

  /// What the number means.
  var text: String {
    var text = [CChar](repeating: 0, count: 256)
    unsafe cfiles_error_text(number, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What a model is told of it.
  func toolError(_ path: WorkspacePath, expecting kind: String) -> ToolError {
    switch self {
    case .notThere: ToolError(.notFound, "There is no \(kind) '\(path.text)'; list_files and find_files show what is.")
    case .notAFolder, .isLink:
      // A folder that is opened without following links answers so when a link stands there.
      ToolError(.refused, "'\(path.text)' is not a \(kind), or became a symbolic link meanwhile; look again.")
    default: ToolError(.failed, "'\(path.text)' cannot be used: \(text).")
    }
  }
}

/// Texts that the system writes to a buffer.
enum SystemText {
  /// Calls a function that fills a buffer and gives its length, zero for a text ended by a zero byte, or an error.
  @safe static func read(
    max: Int, _ fill: (UnsafeMutablePointer<CChar>, Int) -> Int64
  ) -> Result<[UInt8], SystemProblem> {
    var text = [CChar](repeating: 0, count: max + 1)
    let result = unsafe text.withUnsafeMutableBufferPointer { buffer in
      unsafe fill(buffer.baseAddress.unsafelyUnwrapped, buffer.count)
    }
    guard result >= 0 else { return .failure(SystemProblem(result: result)) }
    return .success(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
  }

  /// What the symbolic link at a path says.
  static func link(_ path: [UInt8]) -> Result<[UInt8], SystemProblem> {
    path.withName { name in
      read(max: ToolLimits.pathMax) { text, size in unsafe cworkspace_link(name, text, size) }
    }
  }
}

extension [UInt8] {
  /// The bytes as C takes a name.
  @safe func withName<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
    let text = map { CChar(bitPattern: $0) } + [0]
    return unsafe text.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
  }
}
