import OperatingSystem
import Providers
import Testing

@Suite struct EndpointTests {
  private func url(
    _ variables: [String: String] = [:], _ service: AWSService = .bedrockRuntime, region: String = "us-west-2",
    profile: [String: String] = [:], services: [String: String] = [:]
  ) throws -> String {
    let settings = EndpointSettings(
      environment: ProcessEnvironment(variables), profile: { profile[$0] },
      profileService: { services[$0] })
    let endpoint = try settings.endpoint(of: service, region: Region(region))
    #expect(endpoint.service == service && endpoint.region.name == region)
    return endpoint.url
  }

  static let fips = ["AWS_USE_FIPS_ENDPOINT": "true"]
  static let dual = ["AWS_USE_DUALSTACK_ENDPOINT": "true"]
  static let both = ["AWS_USE_FIPS_ENDPOINT": "True", "AWS_USE_DUALSTACK_ENDPOINT": "1"]

  @Test(arguments: [
    (AWSService.bedrockRuntime, "us-east-1", "bedrock-runtime.us-east-1.amazonaws.com"),
    (.bedrock, "eu-west-1", "bedrock.eu-west-1.amazonaws.com"), (.sts, "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
    (.secretsManager, "us-iso-east-1", "secretsmanager.us-iso-east-1.c2s.ic.gov"),
    (.sso, "us-east-2", "portal.sso.us-east-2.amazonaws.com"),
    (.oidc, "eusc-de-east-1", "oidc.eusc-de-east-1.amazonaws.eu"),
    (.bedrockRuntime, "us-isob-east-1", "bedrock-runtime.us-isob-east-1.sc2s.sgov.gov"),
    (.bedrockRuntime, "eu-isoe-west-1", "bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk"),
    (.bedrockRuntime, "us-isof-south-1", "bedrock-runtime.us-isof-south-1.csp.hci.ic.gov"),
    (.bedrockRuntime, "mars-north-1", "bedrock-runtime.mars-north-1.amazonaws.com"),
  ])
  func `every service has a host in every partition`(service: AWSService, region: String, host: String) throws {
    #expect(try url([:], service, region: region) == "https://\(host)")
  }

  @Test func `FIPS and dual-stack hosts follow AWS's rules`() throws {
    #expect(try url(Self.fips) == "https://bedrock-runtime-fips.us-west-2.amazonaws.com")
    #expect(try url(Self.dual) == "https://bedrock-runtime.us-west-2.api.aws")
    #expect(try url(Self.both) == "https://bedrock-runtime-fips.us-west-2.api.aws")
    let china = try url(Self.both, .bedrock, region: "cn-north-1")
    #expect(china == "https://bedrock-fips.cn-north-1.api.amazonwebservices.com.cn")
  }

  @Test func `GovCloud's plain hosts of identity services are FIPS hosts`() throws {
    for service in [AWSService.sts, .sso, .oidc] {
      let plain = try url([:], service, region: "us-gov-west-1")
      #expect(try url(Self.fips, service, region: "us-gov-west-1") == plain)
      #expect(try url(Self.both, service, region: "us-gov-west-1").contains("-fips.us-gov-west-1.api.aws"))
      #expect(try url(Self.fips, service, region: "us-east-1").contains("-fips."))
    }
  }

  @Test func `Secrets Manager has no hosts apart for IPv6`() throws {
    #expect(try url(Self.dual, .secretsManager) == "https://secretsmanager.us-west-2.amazonaws.com")
    #expect(try url(Self.both, .secretsManager) == "https://secretsmanager-fips.us-west-2.amazonaws.com")
    let china = try url(Self.dual, .secretsManager, region: "cn-north-1")
    #expect(china == "https://secretsmanager.cn-north-1.amazonaws.com.cn")
  }

  @Test func `the strongest override decides, one after the other`() throws {
    let profile = ["endpoint_url": "https://six.example"]
    let services = ["bedrock_runtime": "https://five.example"]
    var variables = [
      "ANTHROPIC_BEDROCK_BASE_URL": "https://two.example", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://three.example",
      "AWS_ENDPOINT_URL": "https://four.example",
    ]
    for (variable, next) in [
      ("-", "two"), ("ANTHROPIC_BEDROCK_BASE_URL", "three"), ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "four"),
      ("AWS_ENDPOINT_URL", "five"),
    ] {
      variables[variable] = " "
      #expect(try url(variables, profile: profile, services: services) == "https://\(next).example")
    }
    #expect(try url(profile: profile) == "https://six.example")
  }

  @Test func `each service has a variable of its own, and the models' gateway is only for models`() throws {
    for (service, variable) in [
      (AWSService.bedrock, "AWS_ENDPOINT_URL_BEDROCK"), (.sts, "AWS_ENDPOINT_URL_STS"), (.sso, "AWS_ENDPOINT_URL_SSO"),
      (.secretsManager, "AWS_ENDPOINT_URL_SECRETS_MANAGER"), (.oidc, "AWS_ENDPOINT_URL_SSO_OIDC"),
    ] {
      #expect(try url([variable: "http://127.0.0.1:9"], service) == "http://127.0.0.1:9")
      #expect(try url([variable: "http://127.0.0.1:9"]).contains("amazonaws.com"))
      #expect(try url(["ANTHROPIC_BEDROCK_BASE_URL": "http://127.0.0.1:9"], service).contains("amazonaws.com"))
    }
  }

  @Test(arguments: ["true", "TRUE", "1"])
  func `configured endpoints can be ignored, but not what is meant for us`(yes: String) throws {
    let variables = [
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": yes, "AWS_ENDPOINT_URL": "https://x.example",
      "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://x.example",
    ]
    let profile = ["endpoint_url": "https://x.example"]
    let own = "https://bedrock-runtime.us-west-2.amazonaws.com"
    #expect(try url(variables, profile: profile, services: ["bedrock_runtime": "https://x.example"]) == own)
    let ours = variables.merging(["ANTHROPIC_BEDROCK_BASE_URL": "https://y.example"]) { $1 }
    #expect(try url(ours) == "https://y.example")
    let inProfile = ["endpoint_url": "https://x.example", "ignore_configured_endpoint_urls": yes]
    #expect(try url(profile: inProfile) == own)
    #expect(try url(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"], profile: inProfile) == "https://x.example")
  }

  @Test func `an override keeps its path and loses slashes at its end`() throws {
    #expect(try url(["AWS_ENDPOINT_URL": "https://gw.example/bedrock/v1//"]) == "https://gw.example/bedrock/v1")
    #expect(try url(["AWS_ENDPOINT_URL": "http://[::1]:8080/a%20b/"]) == "http://[::1]:8080/a%20b")
  }

  @Test(arguments: ["gw.example", "ftp://gw.example", "https://u:pw@gw.example", "https://gw.example/?x", "https://"])
  func `an override that could lead elsewhere is refused and not quoted`(address: String) {
    for name in ["AWS_ENDPOINT_URL", "ANTHROPIC_BEDROCK_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] {
      let failure = #expect(throws: SettingError.self) { try url([name: address]) }
      #expect(failure?.message.hasPrefix("\(name) ") == true)
      #expect(failure?.message.contains("gw.example") == false)
      #expect(failure?.hint?.contains("api.anthropic.com") == false)
    }
  }

  @Test func `FIPS or dual-stack together with a custom endpoint is refused`() {
    let custom = ["AWS_ENDPOINT_URL": "https://gw.example"]
    let fips = #expect(throws: SettingError.self) { try url(Self.fips.merging(custom) { $1 }) }
    #expect(fips?.message.contains("FIPS and custom endpoint are not supported") == true)
    let dual = #expect(throws: SettingError.self) { try url(Self.dual.merging(custom) { $1 }) }
    #expect(dual?.message.contains("Dualstack and custom endpoint are not supported") == true)
    #expect(throws: SettingError.self) {
      try url(["ANTHROPIC_BEDROCK_BASE_URL": "https://gw.example"], profile: ["use_fips_endpoint": "true"])
    }
  }

  @Test func `a switch that is neither on nor off is refused, because FIPS must not be missed`() throws {
    #expect(throws: SettingError.self) { try url(["AWS_USE_FIPS_ENDPOINT": "yse"]) }
    #expect(throws: SettingError.self) { try url(profile: ["use_dualstack_endpoint": "on"]) }
    #expect(try url(["AWS_USE_FIPS_ENDPOINT": " "], profile: ["use_fips_endpoint": "true"]).contains("-fips."))
    #expect(!(try url(["AWS_USE_FIPS_ENDPOINT": "false"], profile: ["use_fips_endpoint": "true"]).contains("-fips.")))
  }

  // MARK: As the sources of credentials ask

  @Test func `a profile's files say where a service is asked`() throws {
    let config =
      "[default]\nendpoint_url = http://profile/\nservices = s\n[services s]\nsso =\n endpoint_url = http://sso"
    let file = try ProfileFile(Array(config.utf8), kind: .config, path: "config")
    let profiles = Profiles(selected: "default", config: file, credentials: nil)
    func url(_ service: AWSService, _ variables: [String: String] = [:]) throws -> String {
      let settings = EndpointSettings(environment: ProcessEnvironment(variables), profiles: profiles)
      return try settings.url(of: service, region: "eu-central-1")
    }
    #expect(try url(.sso) == "http://sso")
    #expect(try url(.oidc) == "http://profile")
    #expect(try url(.sso, ["AWS_ENDPOINT_URL": "http://all"]) == "http://all")
    #expect(try url(.sso, ["AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_SSO": "http://one/"]) == "http://one")
    #expect(
      try url(.sso, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"])
        == "https://portal.sso.eu-central-1.amazonaws.com")
  }

  @Test(arguments: ["", "evil.example/x", "us-east-1.evil.example#", "US-EAST-1", "-us", "us-", "a b", "a@b"])
  func `a region that is none builds no host, whoever asks`(region: String) {
    for service in AWSService.allCases {
      let settings = EndpointSettings(environment: ProcessEnvironment([:]))
      let error = #expect(throws: CredentialsError.self) { try settings.url(of: service, region: region) }
      #expect(error?.kind == .configuration && error?.hint != nil)
      #expect(error?.message.contains(service.title) == true)
    }
  }

  @Test func `what is configured wrongly is named, and not quoted`() {
    let settings = EndpointSettings(environment: ProcessEnvironment(["AWS_ENDPOINT_URL_STS": "http://canary@x"]))
    let error = #expect(throws: CredentialsError.self) { try settings.url(of: .sts, region: "us-east-1") }
    #expect(error?.kind == .configuration)
    #expect(error?.message.hasPrefix("AWS_ENDPOINT_URL_STS ") == true)
    #expect(error?.hint?.contains("https://sts.us-east-1.amazonaws.com") == true)
    #expect("\(error?.message ?? "") \(error?.hint ?? "")".contains("canary") == false)
  }

  // MARK: ARNs

  private func ofModel(_ model: String, _ variables: [String: String] = [:]) throws -> (Endpoint, notice: String?) {
    let settings = EndpointSettings(environment: ProcessEnvironment(variables))
    return try settings.endpoint(ofModel: model, region: Region("us-east-1"))
  }

  @Test func `a model's ARN is asked and signed for in its own region, with a notice`() throws {
    let (endpoint, notice) = try ofModel("arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc")
    #expect(endpoint.url == "https://bedrock-runtime.eu-west-1.amazonaws.com")
    #expect(endpoint.region.name == "eu-west-1" && endpoint.region.source == .model)
    #expect(notice?.contains("eu-west-1") == true && notice?.contains("us-east-1") == true)
  }

  @Test(arguments: [
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock:::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock", "sonnet", "",
  ])
  func `a name without another region is asked where it was configured`(model: String) throws {
    let (endpoint, notice) = try ofModel(model)
    #expect(endpoint.region.name == "us-east-1" && notice == nil)
  }

  @Test func `an override keeps its address, and the signature has the ARN's region`() throws {
    let arn = "arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us-gov.anthropic.claude-opus-5"
    let (endpoint, notice) = try ofModel(arn, ["AWS_ENDPOINT_URL": "http://127.0.0.1:9/p"])
    #expect(endpoint.url == "http://127.0.0.1:9/p" && endpoint.region.name == "us-gov-west-1" && notice != nil)
  }

  @Test(arguments: ["evil.com", "a/b", "EU-WEST-1", "x@y"])
  func `an ARN with a hostile region is refused before a host is made of it`(region: String) {
    #expect(throws: SettingError.self) { try ofModel("arn:aws:bedrock:\(region):1:inference-profile/x") }
  }

  @Test func `the parts of an ARN are told apart`() throws {
    let arn = try #require(ModelARN("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-x-v1:0"))
    #expect(arn.partition == "aws" && arn.region == "us-east-1" && arn.kind == "inference-profile")
    #expect(arn.name == "us.anthropic.claude-x-v1:0" && arn.modelID == arn.name)
    #expect(ModelARN("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc")?.modelID == nil)
    #expect(ModelARN("arn:aws:bedrock:us-east-1:1:provisioned-model/abc")?.modelID == nil)
    #expect(ModelARN("arn:aws:bedrock:us-east-1:1:inference-profile/")?.modelID == nil)
    for text in ["", "arn:", "arn:aws:bedrock:us-east-1:1", "arn:aws:bedrock:us-east-1:1:x", "xarn:a:b:c:d:e/f"] {
      #expect(ModelARN(text) == nil)
    }
  }

  @Test(arguments: ["\u{200D}", "\u{301}", "\u{FE0F}"])
  func `a combining character behind a separator hides neither`(mark: String) throws {
    let arn = try #require(ModelARN("arn:aws:bedrock:eu-west-3:\(mark)1:provisioned-model/\(mark)x"))
    #expect(arn.region == "eu-west-3" && arn.kind == "provisioned-model" && arn.name == mark + "x")
    let hidden = try #require(ModelARN("arn:aws:bedrock:\(mark):1:provisioned-model/x"))
    #expect(hidden.region == mark, "it is there, and refused where a host is made of it")
  }
}
