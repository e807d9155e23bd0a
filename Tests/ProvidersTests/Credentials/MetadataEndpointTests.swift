import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite struct MetadataEndpointTests {
  private static let version4 = "http://169.254.169.254"
  private static let version6 = "http://[fd00:ec2::254]"

  @Test(.enabled(if: SharedData.url("credentials/imds-endpoint-tests.json") != nil, "the shared vectors are not here"))
  func `the SDKs' cases lead where they should`() throws {
    let url = try #require(SharedData.url("credentials/imds-endpoint-tests.json"))
    let cases = try #require(JSON.parse([UInt8](Data(contentsOf: url)))["tests"]?.array)
    for one in cases {
      let name = one["docs"]?.string ?? ""
      var variables: [String: String] = [:]
      for (key, value) in one["env"]?.object ?? JSONObject() { variables[key] = value.string }
      // These files have one section; the profile's parser has tests of its own.
      var profile: [String: String] = [:]
      for line in (one["fs"]?["config"]?.string ?? "").split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count == 2 { profile[parts[0]] = parts[1] }
      }
      // Overrides by a program, which this one does not offer.
      guard one["endpoint_override"]?.string == nil, one["mode_override"]?.string == nil else { continue }
      let endpoint = MetadataEndpoint(
        environment: ProcessEnvironment(variables), profileAddress: profile["ec2_metadata_service_endpoint"],
        profileMode: profile["ec2_metadata_service_endpoint_mode"])
      if let expected = one["result"]?["Ok"]?.string {
        #expect(try endpoint.url() + "/latest/api/token" == expected, "\(name)")
      } else {
        #expect(throws: CredentialsError.self, "\(name)") { try endpoint.url() }
      }
    }
    #expect(cases.count == 5, "\(cases.count) cases were run")
  }

  @Test func `an address goes before a mode, and what is nearer before what is farther`() throws {
    func url(_ variables: [String: String] = [:], profile: (String?, String?) = (nil, nil)) throws -> String {
      try MetadataEndpoint(
        environment: ProcessEnvironment(variables), profileAddress: profile.0, profileMode: profile.1
      ).url()
    }
    let address = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    let mode = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
    #expect(try url() == Self.version4)
    #expect(try url([mode: "ipv6"]) == Self.version6)
    #expect(try url([mode: "IPv4"], profile: (nil, "IPv6")) == Self.version4)
    #expect(try url(profile: (nil, "IPv6")) == Self.version6)
    #expect(try url(profile: ("http://127.0.0.1:1/", "IPv6")) == "http://127.0.0.1:1")
    #expect(try url([mode: "IPv6"], profile: ("http://127.0.0.1:1", nil)) == "http://127.0.0.1:1")
    #expect(try url([address: "http://127.0.0.1:2"], profile: ("http://127.0.0.1:1", nil)) == "http://127.0.0.1:2")
    #expect(throws: CredentialsError.self) { try url([address: "not a uri"]) }
    #expect(throws: CredentialsError.self) { try url([address: "127.0.0.1"]) }
    #expect(throws: CredentialsError.self) { try url(profile: ("file:///x", nil)) }
    let unknown = #expect(throws: CredentialsError.self) { try url([mode: "IPv7"]) }
    #expect(unknown?.message.contains("`IPv7` is not a valid endpoint mode") == true)
    #expect(throws: CredentialsError.self) { try url(profile: (nil, "error")) }
  }

  @Test(arguments: [("true", true), ("True", true), ("TRUE", true), ("false", false), ("1", false), ("", false)])
  func `only the word true forbids to ask`(value: String, forbids: Bool) {
    let endpoint = MetadataEndpoint(environment: ProcessEnvironment(["AWS_EC2_METADATA_DISABLED": value]))
    #expect(endpoint.isDisabled == forbids)
  }
}
