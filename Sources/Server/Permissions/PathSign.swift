internal import Protocol

/// One sign of a name in a pattern.
enum PathSign: Hashable, Sendable {
  case byte(UInt8)
  case anyOne
  case anyMany

  /// A name without wildcards.
  static func name(_ bytes: some Sequence<UInt8>) -> [PathSign] { bytes.map(PathSign.byte) }

  /// The name, when there is no wildcard in it.
  static func literal(_ name: [PathSign]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for sign in name {
      guard case .byte(let byte) = sign else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Whether a name is what a pattern says.
  static func matches(_ signs: [PathSign], _ name: [UInt8], foldsCase: Bool) -> Bool {
    Glob.takes(name.count, parts: signs.count, isStar: { signs[$0] == .anyMany }) { sign, place in
      switch signs[sign] {
      case .anyOne: return UTF8Cut.end(ofCharacterAt: place, in: name[...]) - place
      case .byte(let byte):
        let isSame = byte == name[place] || foldsCase && Byte.lowercased(byte) == Byte.lowercased(name[place])
        return isSame ? 1 : nil
      case .anyMany: return nil
      }
    }
  }

  /// Whether there may be a name that both a shell's word and a rule mean.
  ///
  /// A shell's wildcards take no dot at a name's beginning.
  static func mayMeet(_ word: [PathSign], _ rule: [PathSign], foldsCase: Bool) -> Bool {
    if let name = literal(word) { return matches(rule, name, foldsCase: foldsCase) }
    let dot = PathSign.byte(UInt8(ascii: "."))
    if rule.first == dot, word.first != dot { return false }
    // How much of the rule is met by the first signs of the word; a `?` counts as a `*`, as shells do not agree on how many
    // bytes it takes.
    var met = [Bool](repeating: false, count: rule.count + 1)
    met[0] = true
    for place in 0...word.count {
      let sign = place < word.count ? word[place] : nil
      let isStar = sign.map(isWild) ?? false
      var next = [Bool](repeating: false, count: rule.count + 1)
      for count in 0...rule.count where met[count] {
        let other = count < rule.count ? rule[count] : nil
        let isOtherStar = other.map(isWild) ?? false
        if other != nil, isStar || isOtherStar { met[count + 1] = true }
        if isStar || isOtherStar { next[count] = true }
        if case .byte(let one)? = sign, case .byte(let two)? = other,
          one == two || foldsCase && Byte.lowercased(one) == Byte.lowercased(two)
        {
          next[count + 1] = true
        }
      }
      if place < word.count { met = next }
    }
    return met[rule.count]
  }

  static func isWild(_ sign: PathSign) -> Bool {
    if case .byte = sign { return false }
    return true
  }
}
