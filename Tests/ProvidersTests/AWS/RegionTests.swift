import OperatingSystem
import Providers
import Testing

@Suite struct RegionTests {
  private func resolved(_ variables: [String: String] = [:], profile: String? = nil) throws
    -> Region
  {
    try Region.resolved(environment: ProcessEnvironment(variables), profile: profile)
  }

  @Test func `the region comes from the first place that names one`() throws {
    let both = ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"]
    let first = try resolved(both, profile: "eu-north-1")
    #expect(first.name == "eu-west-1" && first.source == .environment("AWS_REGION"))
    let second = try resolved(["AWS_DEFAULT_REGION": "eu-west-2"], profile: "eu-north-1")
    #expect(second.name == "eu-west-2" && second.source == .environment("AWS_DEFAULT_REGION"))
    let profile = try resolved(profile: "eu-north-1")
    #expect(profile.name == "eu-north-1" && profile.source == .profile)
    let none = try resolved()
    #expect(none.name == "us-east-1" && none.source == .unset)
  }

  @Test func `a blank is no region, wherever it stands`() throws {
    let blank = ["AWS_REGION": "", "AWS_DEFAULT_REGION": " \t\n"]
    #expect(try resolved(blank, profile: "").source == .unset)
    #expect(try resolved(["AWS_REGION": " us-west-2\n"]).name == "us-west-2")
  }

  static let hostile = [
    "us-east-1.evil.com", "a/b", "x@y", "us-east-1:443", "us-east-1#", "us-east-1?", "US-EAST-1", "us-east-1%2e", "-us",
    "us-", "us east 1", "us_east_1", "ü", "us-east-1\u{0}", "us-east-1\r\nHost: evil", "\u{1B}[2J", ".", "..",
    String(repeating: "a", count: 64), "\\", "us-eaſt-1", "[::1]",
  ]

  @Test(arguments: hostile) func `what is no DNS label is refused before it becomes a host`(name: String) {
    for variables in [["AWS_REGION": name], ["AWS_DEFAULT_REGION": name]] {
      let failure = #expect(throws: SettingError.self) { try resolved(variables) }
      #expect(failure?.message.hasPrefix(variables.keys.first ?? "-") == true)
    }
    #expect(throws: SettingError.self) { try Region(name) }
    #expect(throws: SettingError.self) { try resolved(profile: name) }
  }

  @Test func `a wrong region is not passed over for a right one further down`() {
    #expect(throws: SettingError.self) { try resolved(["AWS_REGION": "a.b", "AWS_DEFAULT_REGION": "us-west-2"]) }
  }

  @Test func `an error shows nothing that a terminal would obey`() {
    let name = "\u{1B}]0;\u{7}" + String(repeating: "x", count: 500)
    let failure = #expect(throws: SettingError.self) { try Region(name) }
    #expect(failure?.message.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
    #expect((failure?.message.count ?? 1_000) < 200)
  }

  @Test(arguments: ["us-east-1", "a", "1", "mars-north-9", String(repeating: "a", count: 63)])
  func `a region nobody has heard of is one all the same`(name: String) throws {
    #expect(try Region(name).name == name)
  }

  @Test func `no byte but lower-case letters, digits and hyphens gets into a region`() {
    for byte in UInt8(0)..<128 {
      let isFine = 0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: "-")
      let region = try? Region("us" + String(UnicodeScalar(byte)) + "1")
      #expect((region != nil) == isFine, "byte \(byte)")
    }
  }

  @Test(arguments: [
    ("us-east-1", "aws"), ("mx-central-1", "aws"), ("ap-southeast-7", "aws"), ("aws-global", "aws"),
    ("cn-north-1", "aws-cn"), ("aws-cn-global", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-gov-1", "aws"),
    ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"), ("us-isof-south-1", "aws-iso-f"),
    ("eu-isoe-west-1", "aws-iso-e"), ("eusc-de-east-1", "aws-eusc"), ("eusc-fr-east-1", "aws"), ("mars-north-1", "aws"),
    ("cn-north", "aws"), ("cn-north-1a", "aws"), ("us-gov-west-x", "aws"),
  ])
  func `a region belongs to a partition`(region: String, partition: String) throws {
    #expect(try Region(region).partition.id == partition)
  }
}
