internal import CSystem

/// A numeric address of a host.
package struct HostAddress: Hashable, Sendable {
  /// Four or sixteen bytes.
  package let bytes: [UInt8]

  /// An address of four or sixteen bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The addresses that a name stands for on this machine; empty when it stands for none.
  ///
  /// A numeric one stands for itself. It blocks its thread for as long as a name server does.
  package static func all(of host: String) -> [HostAddress] {
    var buffer = [UInt8](repeating: 0, count: 17 * SystemLimits.addressesMax)
    let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe csystem_addresses(host, buffer.baseAddress.unsafelyUnwrapped, SystemLimits.addressesMax)
    }
    guard count > 0 else { return [] }
    return (0..<Int(count)).map { number in
      let record = buffer[(17 * number)..<(17 * number + 17)]
      return HostAddress(Array(record.dropFirst().prefix(record.first == 4 ? 4 : 16)))
    }
  }

  /// The address as it is written, without brackets.
  package var text: String {
    guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
      .joined(separator: ":")
  }

  /// Whether anybody on the internet means the same host by it: no address of this machine, of a private network, of a link,
  /// of tests and documents, and none that carries such a one within (IANA's registries of special-purpose addresses).
  package var isPublic: Bool {
    bytes.count == 4 ? Self.isPublic4(bytes[0], bytes[1], bytes[2]) : bytes.count == 16 && isPublic6
  }

  /// Whether it leads to this machine or its own link, where the services of a cloud hand out credentials.
  package var isLocal: Bool {
    guard bytes.count == 16 else { return Self.isLocal4(bytes[0], bytes[1]) }
    if let place = embedded { return Self.isLocal4(bytes[place], bytes[place + 1]) }
    let isOwn = bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
    return isOwn || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  private static func isLocal4(_ a: UInt8, _ b: UInt8) -> Bool { a == 0 || a == 127 || (a, b) == (169, 254) }

  /// Where an address of version 6 carries one of version 4: mapped, translated, or of 6to4.
  private var embedded: Int? {
    if bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return 12 }
    if bytes.starts(with: [0x20, 0x02]) { return 2 }
    return bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF ? 12 : nil
  }

  private static func isPublic4(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
    switch (a, b, c) {
    case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (192, 0, 0), (192, 0, 2), (192, 88, 99),
      (198, 51, 100), (203, 0, 113):
      false
    case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): false
    default: a < 224
    }
  }

  private var isPublic6: Bool {
    if let place = embedded { return Self.isPublic4(bytes[place], bytes[place + 1], bytes[place + 2]) }
    // All else that is routed begins with 001; 2001::/23 is for protocols, 2001:db8::/32 and 3fff::/20 for documents.
    guard bytes[0] & 0xE0 == 0x20 else { return false }
    if bytes[0] == 0x20, bytes[1] == 0x01 {
      return bytes[2] > 1 && !(bytes[2] == 0x0D && bytes[3] == 0xB8)
    }
    return !(bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] < 0x10)
  }
}
