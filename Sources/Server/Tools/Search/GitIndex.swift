/// The names that git keeps track of in a work tree, from its index file (gitformat-index(5), versions 2 to 4).
package struct GitIndex {
  /// The paths one after the other, as sorted as git has them.
  private var names: [UInt8] = []
  /// Where each path ends.
  private var ends: [Int] = []

  /// An index that names nothing.
  init() {}

  /// Reads an index, whose hashes have so many bytes; what is none names nothing.
  ///
  /// `shared` gives the index of that name which this one only changes, as a split index does.
  package init(_ bytes: [UInt8], hashLength: Int, shared: (_ name: String) -> [UInt8]? = { _ in nil }) {
    guard let end = read(bytes, hashLength), let base = Self.link(bytes[end...], hashLength).flatMap(shared) else {
      return
    }
    var other = GitIndex()
    _ = other.read(base, hashLength)
    // What the later index deletes of the shared one is still named: it is shown, not hidden.
    let all = (paths + other.paths).filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) }
    (names, ends) = ([], [])
    for path in all { add(path) }
  }

  private var paths: [ArraySlice<UInt8>] { ends.indices.map(path) }

  private func path(_ number: Int) -> ArraySlice<UInt8> { names[(number > 0 ? ends[number - 1] : 0)..<ends[number]] }

  private mutating func add(_ path: ArraySlice<UInt8>) {
    names += path
    ends.append(names.count)
  }

  /// Reads the entries, and gives where they end; `nil` when they make no sense.
  private mutating func read(_ bytes: [UInt8], _ hashLength: Int) -> Int? {
    guard bytes.starts(with: "DIRC".utf8), let version = Self.number(bytes, at: 4), (2...4).contains(version),
      let count = Self.number(bytes, at: 8), count <= bytes.count / (Self.fixed + hashLength)
    else { return nil }
    names.reserveCapacity(bytes.count / 2)
    ends.reserveCapacity(count)
    var place = 12
    for _ in 0..<count {
      let start = place
      place += Self.fixed + hashLength
      guard place + 2 <= bytes.count else { return nil }
      let isExtended = version > 2 && bytes[place] & 0x40 != 0
      place += isExtended ? 4 : 2
      var kept = 0
      if version == 4 {
        guard let (removed, next) = Self.varint(bytes, at: place) else { return nil }
        let before = ends.isEmpty ? 0 : names.count - (ends.count > 1 ? ends[ends.count - 2] : 0)
        guard removed <= before else { return nil }
        kept = before - removed
        place = next
      }
      guard place <= bytes.count, let end = bytes[place...].firstIndex(of: 0) else { return nil }
      if kept > 0 {
        let previous = ends.count > 1 ? ends[ends.count - 2] : 0
        names += names[previous..<previous + kept]
      }
      add(bytes[place..<end])
      place = version == 4 ? end + 1 : start + ((end - start) / 8 + 1) * 8
    }
    return min(place, bytes.count)
  }

  /// The bytes of an entry before its hash.
  private static let fixed = 40

  private static func number(_ bytes: [UInt8], at place: Int) -> Int? {
    guard place >= 0, place + 4 <= bytes.count else { return nil }
    return bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number in git's variable length, as in its packs.
  private static func varint(_ bytes: [UInt8], at start: Int) -> (Int, Int)? {
    var (value, place) = (0, start)
    while place < bytes.count, place - start < 5 {
      let byte = bytes[place]
      value = value << 7 | Int(byte & 0x7F)
      place += 1
      if byte & 0x80 == 0 { return (value, place) }
      value += 1
    }
    return nil
  }

  /// The file name of the shared index that the extension `link` names.
  private static func link(_ bytes: ArraySlice<UInt8>, _ hashLength: Int) -> String? {
    let all = Array(bytes)
    var place = 0
    while place + 8 <= all.count - hashLength, let length = number(all, at: place + 4) {
      if all[place..<place + 4].elementsEqual("link".utf8), place + 8 + hashLength <= all.count {
        let digits = Array("0123456789abcdef".utf8)
        let hash = all[(place + 8)..<(place + 8 + hashLength)]
        return "sharedindex."
          + String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
      }
      place += 8 + length
    }
    return nil
  }

  /// Whether a file of that path is there, or of a folder something in it.
  package func holds(_ path: [UInt8], isFolder: Bool) -> Bool {
    let place = firstNotBefore(path)
    if place < ends.count, self.path(place).elementsEqual(path) { return true }
    guard isFolder else { return false }
    let below = path + [UInt8(ascii: "/")]
    let next = firstNotBefore(below)
    return next < ends.count && self.path(next).starts(with: below)
  }

  private func firstNotBefore(_ path: [UInt8]) -> Int {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if self.path(middle).lexicographicallyPrecedes(path) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
