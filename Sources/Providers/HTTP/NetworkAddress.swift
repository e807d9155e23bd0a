internal import Protocol

/// An IP address as it is written in a URL, read strictly.
///
/// Short and odd forms that some libraries take (`127.1`, `0x7f.0.0.1`, `2130706433`) are not read: whoever checks an
/// address must not see another than whoever connects.
enum NetworkAddress: Hashable {
  case version4([UInt8])
  case version6([UInt16])

  /// The address in a URL's host: four decimal numbers, or RFC 4291 section 2.2 in brackets; `nil` for a name.
  init?(host: some StringProtocol) {
    if host.hasPrefix("["), host.hasSuffix("]") {
      guard let groups = NetworkAddress.groups(String(host.dropFirst().dropLast())) else { return nil }
      self = .version6(groups)
    } else {
      guard let octets = NetworkAddress.octets(String(host)) else { return nil }
      self = .version4(octets)
    }
  }

  /// Whether it leads back to this machine: 127.0.0.0/8 (RFC 1122) or ::1 (RFC 4291).
  var isLoopback: Bool {
    switch self {
    case .version4(let octets): octets[0] == 127
    case .version6(let groups): groups == [0, 0, 0, 0, 0, 0, 0, 1]
    }
  }

  /// The bits of the address, the highest first: 32 or 128 of them.
  var bits: [Bool] {
    switch self {
    case .version4(let octets): octets.flatMap { octet in (0..<8).map { octet & 0x80 >> $0 != 0 } }
    case .version6(let groups): groups.flatMap { group in (0..<16).map { group & 0x8000 >> $0 != 0 } }
    }
  }

  private static func octets(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let octets = parts.compactMap { part -> UInt8? in
      guard part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), part.utf8.count == 1 || part.utf8.first != 0x30 else {
        return nil
      }
      return UInt8(part)
    }
    return parts.count == 4 && octets.count == 4 ? octets : nil
  }

  private static func groups(_ text: String) -> [UInt16]? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard let before = half(halves[0]) else { return nil }
    guard halves.count == 2 else { return halves.count == 1 && before.count == 8 ? before : nil }
    guard let after = half(halves[1]), before.count + after.count < 8 else { return nil }
    return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
  }

  private static func half(_ text: Substring) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let groups = parts.compactMap { part -> UInt16? in
      part.utf8.allSatisfy(Byte.isHexDigit) && part.utf8.count <= 4 ? UInt16(part, radix: 16) : nil
    }
    return groups.count == parts.count ? groups : nil
  }
}
