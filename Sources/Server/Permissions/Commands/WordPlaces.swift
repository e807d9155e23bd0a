internal import OperatingSystem
internal import Protocol

/// Which places the words of a command lead to, as far as they are written out.
struct WordPlaces: Sendable {
  private let workspace: String
  /// Other folders that count as the workspace.
  private let others: [String]
  private let links: LinkResolver
  /// The folders in which relative paths may begin; empty where that is not known.
  private let folders: [String]

  /// The places of a line's words; the line runs in a folder, given from the workspace's or absolute.
  init(of line: ShellLine, in folder: String, workspace: String, others: [String] = [], links: LinkResolver) {
    self.workspace = workspace
    self.others = others
    self.links = links
    let start = Self.joined(folder, to: workspace)
    let moves = (line.commands + line.suspects).filter { Self.moving.contains($0.words.first?.programName ?? "") }
    guard let move = moves.first else {
      folders = [start]
      return
    }
    // One plain `cd` is followed; of more, or of others, nobody knows here where they lead.
    let target = move.words.count == 2 ? move.words[1].literal : nil
    guard moves.count == 1, move.words[0].isLiteral("cd"), let target, target.first != UInt8(ascii: "-") else {
      folders = []
      return
    }
    folders = [start, Self.joined(String(decoding: target, as: UTF8.self), to: start)]
  }

  private static let moving: Set = ["cd", "chdir", "pushd", "popd", "dirs"]

  /// Whether a word may lead to something outside the workspace.
  func isOutside(_ word: [UInt8]) -> Bool {
    guard !folders.isEmpty else { return true }
    return Self.paths(in: word).contains { path in
      guard !Self.harmless.contains(path) else { return false }
      return folders.contains { folder in
        guard isInside(folder), isInside(Self.joined(path, to: folder)) else { return true }
        return false
      }
    }
  }

  /// Whether a place is in the workspace, by its path and by where links lead from it.
  private func isInside(_ path: String) -> Bool {
    func isIn(_ path: String) -> Bool {
      ([workspace] + others).contains { PermissionPath(path, workspace: $0).isInside }
    }
    guard isIn(path) else { return false }
    return links.resolve(path).map(isIn) ?? true
  }

  /// The file of secrets that a word names; `nil` when it names none.
  ///
  /// Also within a piece of program text, where `open('.env')` names `.env`.
  func secret(in word: [UInt8]) -> String? {
    let text = String(decoding: word, as: UTF8.self)
    guard !text.hasPrefix("http://"), !text.hasPrefix("https://") else { return nil }
    let whole = Self.paths(in: word).flatMap { [$0] + $0.split(separator: ":").dropFirst().map(String.init) }
    let found = whole.first { path in
      // Where a command runs in a folder of secrets, what it names there is one.
      let places = folders.map { PermissionPath(Self.joined(path, to: $0), workspace: "/").names }
      return SecretFiles.namesSecret(PermissionPath(path, workspace: "/").names)
        || places.contains(where: SecretFiles.isSecret)
    }
    if let found { return found }
    return text.split { !Self.isOfPath($0) }.map(String.init).first { piece in
      let name = piece.split(separator: "/").last ?? ""
      guard name.hasPrefix(".") || name.hasPrefix("id_") else { return false }
      // `.key` is a member's name in half of all languages.
      return name.dropFirst().contains(".") || !["key", "pem"].contains(name.dropFirst())
        ? SecretFiles.namesSecret(PermissionPath(piece, workspace: "/").names) : false
    }
  }

  /// The same for a word that was looked up, as a link may lead to one.
  func leadsToSecret(_ word: [UInt8]) -> Bool {
    secret(in: word) != nil
      || folders.contains { folder in
        Self.paths(in: word).contains { path in
          guard let real = links.resolve(Self.joined(path, to: folder)) else { return false }
          return SecretFiles.namesSecret(PermissionPath(real, workspace: workspace).names)
        }
      }
  }

  /// Whether files that commands read as their input are the workspace's, and hold no secrets: no rule for a command speaks
  /// of others.
  func permit(inputs: [ShellWord]) -> Bool {
    inputs.allSatisfy { word in
      guard let literal = word.literal else { return false }
      return !isOutside(literal) && !leadsToSecret(literal)
    }
  }

  private static func isOfPath(_ sign: Character) -> Bool {
    sign.isLetter || sign.isNumber || "._-/~+%".contains(sign)
  }

  /// What is no file of anybody's.
  private static let harmless: Set = ["/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr"]

  /// What of a word may be a path: all of it, what stands behind `=`, and behind the letters of an option.
  private static func paths(in word: [UInt8]) -> [String] {
    var found: [ArraySlice<UInt8>] = []
    if word.first != UInt8(ascii: "-") {
      found.append(word[...])
    } else if !word.starts(with: "--".utf8) {
      found.append(word.dropFirst().drop { Byte.isAlphanumeric($0) })
    }
    if let sign = word.firstIndex(of: UInt8(ascii: "=")) { found.append(word[(sign + 1)...]) }
    return found.map { $0.drop { "@<=".utf8.contains($0) } }.filter { !$0.isEmpty }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func joined(_ path: String, to folder: String) -> String {
    if path == "." { return folder }
    return path.utf8.first == UInt8(ascii: "/") ? path : "\(folder)/\(path)"
  }
}
