/// What a file's constants and variables that belong to no instance hold.
struct SharedState {
  let file: SourceFile
  let declaration: Declaration
  /// The type it is declared with and what it is set to; a computed one is set to nothing.
  let type: ArraySlice<Token>
  let value: ArraySlice<Token>
  var description: String { file.at(declaration) }

  /// The variables and constants of a tree that are static or stand at the top of a file.
  static func all(in tree: SourceTree) -> [SharedState] {
    tree.declarations.compactMap { file, declaration in
      guard ["let", "var"].contains(declaration.keyword), declaration.isShared else { return nil }
      return SharedState(file: file, declaration: declaration)
    }
  }

  private init(file: SourceFile, declaration: Declaration) {
    self.file = file
    self.declaration = declaration
    var next = declaration.place + 1
    let start = next
    while next < file.tokens.count, !["=", "{", "}"].contains(file.text(next)), file.text(next) == ":" || next > start {
      if file.tokens[next].line > file.tokens[next - 1].line, file.text(next - 1) != ":" { break }
      next += 1
    }
    type = file.tokens[start..<next]
    guard file.text(next) == "=" else {
      value = []
      return
    }
    // A value ends with the line on which all its brackets are closed.
    var (end, depth) = (next + 1, 0)
    while end < file.tokens.count, depth > 0 || end == next + 1 || file.tokens[end].line == file.tokens[end - 1].line {
      if ["(", "[", "{"].contains(file.text(end)) { depth += 1 }
      if [")", "]", "}"].contains(file.text(end)) { depth -= 1 }
      if depth < 0 { break }
      end += 1
    }
    value = file.tokens[next + 1..<end]
  }

  /// Whether it can change: a variable that is stored, or a constant that holds a lock or an object with variables of its own.
  func isMutable(_ mutableClasses: Set<String>) -> Bool {
    if declaration.keyword == "var" { return !value.isEmpty }
    let places = Array(type.indices) + value.indices.prefix { file.text($0) != "{" }
    return places.contains { place in
      // `Kept.Format` lies in a class and is another type.
      let isOwner = file.text(place + 1) == "." && file.text(place + 2).first?.isUppercase == true
      return mutableClasses.contains(file.text(place)) && !isOwner
    }
  }

  /// The classes of a tree that hold variables or locks, and the locks themselves.
  static func mutableClasses(in tree: SourceTree) -> Set<String> {
    let locks: Set = ["Mutex", "Atomic"]
    let classes = tree.declarations.filter { ["class", "actor"].contains($0.declaration.keyword) }
    let mutable = classes.filter { file, one in
      let members = file.declarations.filter { $0.owner == one.fullName && ["let", "var"].contains($0.keyword) }
      return members.contains { member in
        member.keyword == "var" || file.tokens[member.place...].prefix(6).contains { locks.contains($0.text) }
      }
    }
    return locks.union(mutable.map(\.declaration.name))
  }

  /// Whether it is a number or a span of time, written down here, under a name that says how much of something is let be.
  var isLimit: Bool {
    let words = declaration.name.camelCaseWords
    let isNamedSo = words.contains { Self.limitWords.contains($0) }
    return isNamedSo && value.contains { $0.kind == .number }
      && value.allSatisfy { $0.kind == .number || $0.kind == .sign || Self.numericWords.contains($0.text) }
  }

  private static let limitWords: Set<String> = [
    "max", "min", "most", "least", "longest", "shortest", "limit", "timeout", "grace", "linger", "capacity", "ms",
    "milliseconds", "seconds", "minutes", "hours", "days", "bytes", "size", "count", "depth", "stack", "attempts",
    "retries",
    "interval", "delay", "wait",
  ]
  private static let numericWords: Set<String> = [
    "Int", "Int32", "Int64", "UInt", "UInt8", "UInt32", "UInt64", "Double", "Duration", "seconds", "milliseconds",
    "microseconds", "nanoseconds",
  ]
}

extension String {
  /// `textBytesMax` as `text`, `bytes`, `max`.
  var camelCaseWords: [String] {
    var words = [""]
    for character in self {
      if character.isUppercase, words.last?.last?.isUppercase == false { words.append("") }
      words[words.count - 1].append(character)
    }
    return words.map { $0.lowercased() }
  }
}
