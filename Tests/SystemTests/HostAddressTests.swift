import OperatingSystem
import Testing

@Suite struct `An address of a host` {
  /// The registries of special-purpose addresses, their first and last ones, and the neighbours that are public.
  @Test(
    arguments: [
      ([0, 0, 0, 0], false), ([0, 255, 255, 255], false), ([1, 0, 0, 0], true), ([9, 255, 255, 255], true),
      ([10, 0, 0, 0], false), ([10, 255, 255, 255], false), ([11, 0, 0, 0], true), ([100, 63, 255, 255], true),
      ([100, 64, 0, 0], false), ([100, 127, 255, 255], false), ([100, 128, 0, 0], true), ([126, 255, 255, 255], true),
      ([127, 0, 0, 1], false), ([127, 255, 255, 255], false), ([128, 0, 0, 0], true), ([169, 253, 255, 255], true),
      ([169, 254, 169, 254], false), ([169, 255, 0, 0], true), ([172, 15, 255, 255], true), ([172, 16, 0, 0], false),
      ([172, 31, 255, 255], false), ([172, 32, 0, 0], true), ([192, 0, 0, 8], false), ([192, 0, 1, 0], true),
      ([192, 0, 2, 1], false), ([192, 88, 99, 1], false), ([192, 167, 255, 255], true), ([192, 168, 0, 1], false),
      ([192, 169, 0, 0], true), ([198, 17, 255, 255], true), ([198, 18, 0, 0], false), ([198, 19, 255, 255], false),
      ([198, 20, 0, 0], true), ([198, 51, 100, 1], false), ([203, 0, 113, 1], false), ([223, 255, 255, 255], true),
      ([224, 0, 0, 1], false), ([240, 0, 0, 1], false), ([255, 255, 255, 255], false),
    ] as [([UInt8], Bool)]) func `is public or not, version 4`(bytes: [UInt8], isPublic: Bool)
  {
    #expect(HostAddress(bytes).isPublic == isPublic)
    // The same address within one of version 6.
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes
    let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8) + bytes
    let sixToFour: [UInt8] = [0x20, 0x02] + bytes + [UInt8](repeating: 0, count: 10)
    for wrapped in [mapped, translated, sixToFour] { #expect(HostAddress(wrapped).isPublic == isPublic) }
  }

  @Test(arguments: [
    ("::", false), ("::1", false), ("fe80::1", false), ("fec0::1", false), ("fc00::1", false), ("fd12::1", false),
    ("ff02::1", false), ("100::1", false), ("2001::1", false), ("2001:1ff::1", false), ("2001:200::1", true),
    ("2001:db8::1", false), ("2001:db9::1", true), ("3fff::1", false), ("3fff:1000::1", true),
    ("2606:4700::1111", true),
    ("2a00:1450::1", true), ("4000::1", false), ("1fff::1", false),
  ]) func `is public or not, version 6`(text: String, isPublic: Bool) throws {
    let address = try #require(HostAddress.all(of: text).first)
    #expect(address.bytes.count == 16 && address.isPublic == isPublic)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.0.1", true), ("0.0.0.0", true), ("169.254.169.254", true), ("::1", true),
    ("::", true),
    ("fe80::1", true), ("::ffff:127.0.0.1", true), ("64:ff9b::7f00:1", true), ("2002:7f00:1::", true),
    ("10.0.0.1", false), ("192.168.1.1", false), ("fd00::1", false), ("93.184.216.34", false), ("::2", false),
  ]) func `is of this machine or its link, or not`(text: String, isLocal: Bool) throws {
    #expect(try #require(HostAddress.all(of: text).first).isLocal == isLocal)
  }

  @Test func `is looked up, and written again`() {
    #expect(HostAddress.all(of: "127.0.0.1").map(\.text) == ["127.0.0.1"])
    #expect(HostAddress.all(of: "2001:db8::a").map(\.text) == ["2001:db8:0:0:0:0:0:a"])
    // Odd forms are what the system takes them for.
    #expect(HostAddress.all(of: "127.1").allSatisfy { !$0.isPublic })
    #expect(HostAddress.all(of: "no host.").isEmpty)
  }
}
