import Protocol
import Providers
import Testing

@Suite struct RegionFallbackTests {
  private func regions(_ names: [String]) throws -> [Region] { try names.map { try Region($0, source: .list) } }

  private func parse(_ text: String) throws -> [String]? {
    if case .list(let regions) = try RegionFallback.parse(text) { regions.map(\.name) } else { nil }
  }

  @Test func `a list is read in its order, without blanks and repetitions`() throws {
    #expect(try parse("us-east-1,us-west-2") == ["us-east-1", "us-west-2"])
    #expect(try parse(" us-west-2 ,, us-east-1\n,us-west-2,") == ["us-west-2", "us-east-1"])
    #expect(try parse("us-gov-west-1,us-gov-east-1") == ["us-gov-west-1", "us-gov-east-1"])
    #expect(try RegionFallback.parse(" AUTO ") == .nearest)
  }

  @Test(arguments: [
    "", " , ", "us-east-1,evil.com/x", "us-east-1,auto", "US-EAST-1", "us-east-1,us-gov-west-1", "cn-north-1,us-east-1",
    (1...17).map { "us-east-\($0)" }.joined(separator: ","), "us-east-1;us-west-2", "us-east-1,x@y",
  ])
  func `a list that makes no sense is refused`(text: String) {
    let failure = #expect(throws: SettingError.self) { try RegionFallback.parse(text) }
    #expect(failure?.hint != nil)
  }

  static let worthwhile: Set<ProviderError.Kind> = [.rateLimited, .overloaded, .modelNotFound, .modelNotEnabled]

  @Test(arguments: ProviderError.Kind.allCases)
  func `another region is tried when there is no room or no such model, and only then`(kind: ProviderError.Kind) throws
  {
    let left = try regions(["us-west-2", "eu-west-1"])
    let next = RegionFallback.next(
      after: ProviderError(kind, "no"), in: try Region("us-east-1"), left: left, model: nil)
    #expect((next?.name == "us-west-2") == Self.worthwhile.contains(kind))
    #expect((next == nil) == !Self.worthwhile.contains(kind))
  }

  @Test func `the status of a failure may say that the region is to blame`() throws {
    var busy = ProviderError(.providerError, "ServiceUnavailableException")
    busy.status = 503
    #expect(RegionFallback.isWorthwhile(busy))
    busy.status = 500
    #expect(!RegionFallback.isWorthwhile(busy))
  }

  @Test func `an answer that has begun stays where it is`() throws {
    var failure = ProviderError(.overloaded, "busy")
    failure.partial = ModelMessage()
    let region = try Region("us-east-1")
    let left = try regions(["us-west-2"])
    #expect(RegionFallback.next(after: failure, in: region, left: left, model: nil) != nil)
    failure.partial?.content = [["type": "text", "text": "Once"]]
    #expect(RegionFallback.next(after: failure, in: region, left: left, model: nil) == nil)
  }

  @Test(
    arguments: [
      ("us.anthropic.claude-opus-5", "us-west-2"), ("eu.anthropic.claude-opus-5", "eu-west-1"),
      ("jp.anthropic.claude-opus-5", "ap-northeast-3"), ("global.anthropic.claude-opus-5", "eu-west-1"),
      ("anthropic.claude-3-haiku-20240307-v1:0", "eu-west-1"),
      ("apac.anthropic.claude-sonnet-4-20250514-v1:0", "ap-northeast-3"),
      ("mars.anthropic.claude-opus-5", nil), ("us-gov.anthropic.claude-opus-5", nil),
      ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5", nil),
    ] as [(String, String?)])
  func `a profile is asked in its own geography only, and an ARN in its own region`(model: String, next: String?) throws
  {
    let left = try regions(["us-gov-west-1", "us-east-1", "eu-west-1", "us-west-2", "ap-northeast-3", "ap-south-1"])
    let failure = ProviderError(.rateLimited, "busy")
    let found = RegionFallback.next(after: failure, in: try Region("us-east-1"), left: left, model: model)
    #expect(found?.name == next)
  }

  @Test func `when no region is left, there is none, and never the same again`() throws {
    let failure = ProviderError(.rateLimited, "busy")
    let here = try Region("us-east-1")
    #expect(RegionFallback.next(after: failure, in: here, left: [], model: nil) == nil)
    #expect(RegionFallback.next(after: failure, in: here, left: try regions(["us-east-1"]), model: nil) == nil)
    let fixed = try Region("us-east-1", source: .model)
    #expect(RegionFallback.next(after: failure, in: fixed, left: try regions(["us-west-2"]), model: nil) == nil)
  }

  @Test func `regions are ordered by how soon they answered, equals as they came, silent ones last`() throws {
    let names = ["a-1", "b-1", "c-1", "d-1", "e-1"]
    let times: [Int?] = [nil, 30, 10, 30, nil]
    let measured = try zip(regions(names), times).map { RegionFallback.Measurement(region: $0, connectMs: $1) }
    #expect(RegionFallback.ordered(measured).map(\.name) == ["c-1", "b-1", "d-1", "a-1", "e-1"])
    #expect(RegionFallback.ordered([]) == [])
  }

  @Test func `a region that somebody chose keeps its geography, and nobody's choice has the whole public cloud`() throws
  {
    func names(_ region: String, _ source: Region.Source = .explicit) throws -> [String] {
      RegionFallback.candidates(near: try Region(region, source: source)).map(\.name)
    }
    #expect(try names("eu-west-2").first == "eu-west-2")
    #expect(try names("eu-west-2").allSatisfy { $0.hasPrefix("eu-") } && names("eu-west-2").count > 2)
    #expect(try names("ap-northeast-1") == ["ap-northeast-1", "ap-northeast-3"])
    #expect(try names("us-gov-west-1") == ["us-gov-west-1", "us-gov-east-1"])
    #expect(try names("cn-north-1") == ["cn-north-1"])
    let all = try names("us-east-1", .unset)
    #expect(all.first == "us-east-1" && all.contains("eu-west-1") && !all.contains { $0.hasPrefix("us-gov") })
    #expect(Set(all).count == all.count && all.count <= 16)
  }
}
