import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// AWS's own signing test suite, and Bedrock requests that botocore signed.
@Suite(.enabled(if: SharedData.url("sigv4/official-v4.json") != nil, "the shared vectors are not here"))
struct SignerVectorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var json: JSON
    var testDescription: String { name }
    func text(_ name: String) -> String { json[name]?.string ?? "" }
  }

  static func cases(_ file: String) -> [Case] {
    guard let url = SharedData.url(file), let data = try? Data(contentsOf: url),
      let json = try? JSON.parse([UInt8](data))
    else { return [] }
    return (json["cases"]?.array ?? []).enumerated().map { number, json in
      Case(name: json["name"]?.string ?? "\(number): \(json["wire_path"]?.string ?? "")", json: json)
    }
  }

  static let official = cases("sigv4/official-v4.json")
  static let bedrock = cases("sigv4/bedrock-golden.json")

  static func milliseconds(_ text: String) throws -> Int {
    Int(try Date(text, strategy: .iso8601).timeIntervalSince1970) * 1_000
  }

  @Test func `all vectors are there`() {
    #expect(Self.official.count == 26)
    #expect(Self.bedrock.count == 16)
  }

  @Test(arguments: official) func `AWS's suite is signed byte for byte`(vector: Case) throws {
    let context = try #require(vector.json["context"])
    var rules = SigningRules()
    rules.normalizesPath = context["normalize"]?.bool ?? true
    rules.signsSessionToken = context["omit_session_token"]?.bool != true
    rules.sendsBodyHash = context["sign_body"]?.bool ?? false
    rules.unsigned.remove("content-length")
    let signer = Signer(
      region: context["region"]?.string ?? "", service: context["service"]?.string ?? "", rules: rules)
    let keys = try #require(context["credentials"])
    let credentials = AWSCredentials(
      accessKeyID: keys["access_key_id"]?.string ?? "",
      secretAccessKey: Secret(keys["secret_access_key"]?.string ?? ""),
      sessionToken: keys["token"]?.string.map(Secret.init), source: "test")
    let request = HTTPRequest(
      method: vector.text("method"), url: "https://example.amazonaws.com" + vector.text("target"),
      headers: (vector.json["headers"]?.array ?? []).compactMap(\.array).map {
        HTTPHeader($0[0].string ?? "", $0[1].string ?? "")
      }, body: Array(vector.text("body").utf8))
    let now = try Self.milliseconds(context["timestamp"]?.string ?? "")
    let signed = signer.sign(request, with: credentials, now: now)
    #expect(signed.canonicalRequest.text.reveal() == vector.text("canonical_request"))
    #expect(signed.stringToSign == vector.text("string_to_sign"))
    #expect(signed.signature == vector.text("signature"))
    let token = AnthropicRequestTests.headers(signed.request)["X-Amz-Security-Token"]
    #expect(token == keys["token"]?.string)
  }

  @Test(arguments: bedrock) func `Bedrock's requests are signed as botocore does`(vector: Case) throws {
    let credentials = AWSCredentials(
      accessKeyID: vector.text("access_key_id"), secretAccessKey: Secret(vector.text("secret_access_key")),
      sessionToken: vector.json["session_token"]?.string.map(Secret.init), source: "test")
    let request = HTTPRequest(
      method: "POST", url: "https://" + vector.text("host") + vector.text("wire_path"),
      headers: (vector.json["headers"]?.object ?? JSONObject()).map { HTTPHeader($0.key, $0.value.string ?? "") },
      body: Array(vector.text("body").utf8))
    let now = try Self.milliseconds(vector.text("timestamp"))
    let signed = Signer(region: vector.text("region"), service: "bedrock")
      .sign(request, with: credentials, now: now)
    let lines = signed.canonicalRequest.text.reveal().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1] == vector.text("canonical_path"))
    #expect(lines.last.map(String.init) == vector.text("payload_sha256"))
    #expect(signed.canonicalRequest.signedHeaders == vector.text("signed_headers"))
    #expect(signed.signature == vector.text("signature"))
    #expect(AnthropicRequestTests.headers(signed.request)["Authorization"] == vector.text("authorization"))
  }
}
