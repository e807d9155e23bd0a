internal import Protocol

/// Finds what a word may say of paths.
enum PathCandidates {
  /// What of a word may be a path: all of it, what stands between signs that separate, what an option's letters are followed
  /// by.
  static func of(_ pieces: [ShellPiece], isDeep: Bool) -> [[ShellPiece]] {
    var found = [pieces]
    let separators = Array("=:,@;".utf8) + (isDeep ? Array(" \t\n\"'`()<>{}[]|&!\\".utf8) : [])
    let parts = pieces.split { piece in
      if case .byte(let byte) = piece { return separators.contains(byte) }
      return false
    }
    if parts.count > 1 || parts.first.map({ $0.count < pieces.count }) ?? false { found += parts.map(Array.init) }
    if parts.count > 2, let first = parts.first {
      found.append(Array(pieces[min(first.endIndex + 1, pieces.count)...]))
    }
    if pieces.first == .byte(UInt8(ascii: "-")), pieces.count > 2, pieces[1] != .byte(UInt8(ascii: "-")) {
      for start in 2..<min(pieces.count, PermissionLimits.optionLettersMax) { found.append(Array(pieces[start...])) }
    }
    // An address has other signs for some.
    if pieces.contains(.byte(UInt8(ascii: "%"))) {
      let bytes = pieces.compactMap { piece -> UInt8? in
        if case .byte(let byte) = piece { return byte }
        return nil
      }
      let decoded = PercentSigns.decoded(bytes)
      if bytes.count == pieces.count, decoded != bytes {
        found += decoded.split(separator: Byte.colon).map { $0.map(ShellPiece.byte) }
      }
    }
    return found.filter { !$0.isEmpty }
  }
}
