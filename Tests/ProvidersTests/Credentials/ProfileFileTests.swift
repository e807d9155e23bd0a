import OperatingSystem
import Protocol
import Providers
import Testing

@Suite struct `AWS's files:` {
  private func config(_ text: String) throws -> Profiles {
    Profiles(
      selected: "default", config: try ProfileFile(Array(text.utf8), kind: .config, path: "~/.aws/config"),
      credentials: nil)
  }

  private func refusal(_ text: String) -> CredentialsError? {
    #expect(throws: CredentialsError.self) { try config(text) }
  }

  @Test func `a file of nothing, blanks and comments says nothing`() throws {
    for text in ["", "\n", "\r\n", " \t\n", "# comment\n; comment\n  # indented\n"] {
      #expect(try config(text).isEmpty)
    }
  }

  @Test func `a byte order mark is no part of the first line`() throws {
    #expect(try config("\u{FEFF}[default]\nregion = x").region == "x")
  }

  @Test func `an error names file and line, and quotes nothing`() {
    let error = refusal("# one\n[default]\nname = value\nAKIACANARY canarysecret\n")
    #expect(error?.message == "failed to read `~/.aws/config`, line 4: Expected an '=' sign defining a property")
    #expect(error?.kind == .configuration)
    #expect("\(String(describing: error))".contains("CANARY") == false)
  }

  @Test func `a property needs a section, and a continuation a property`() {
    #expect(refusal("name = value")?.message.contains("line 1: Expected a profile definition") == true)
    #expect(refusal(" name = value")?.message.contains("line 1: Expected a profile definition") == true)
    #expect(refusal("[default]\n x")?.message.contains("line 2: Expected a property definition, found") == true)
    #expect(refusal("[default\n")?.message.contains("must end with ']'") == true)
    #expect(refusal("[")?.message.contains("must end with ']'") == true)
  }

  @Test func `a section that does not count is checked all the same`() {
    #expect(refusal("[unknown]\nno equals sign")?.message.contains("line 2") == true)
  }

  /// What `botocore.configloader.load_config` makes of files, which the AWS command line reads by.
  @Test(arguments: [
    ("[profile \"my team\"]\na = 1", "my team", ["a": "1"]), ("[profile 'my team']\na = 1", "my team", ["a": "1"]),
    ("[profile my\\ team]\na = 1", "my team", ["a": "1"]), ("[profile \"x]y\"]\na = 1", "x]y", ["a": "1"]),
    ("[profile\tdev]\na = 1", "dev", ["a": "1"]), ("[default] # x\na = 1", "default", ["a": "1"]),
    ("[default] junk\na = 1", "default", ["a": "1"]), ("  [default]\n  a = 1", "default", ["a": "1"]),
    ("[default]\n  a = 1\n  b = 2", "default", ["a": "1", "b": "2"]),
    ("[default]\n  a = 1\n    more\n  b = 2", "default", ["a": "1\nmore", "b": "2"]),
    ("[default]\na = 1\n  b = 2", "default", ["a": "1\nb = 2"]),
    ("[default]\n  s =\n    x = 1\n  b = 2", "default", ["s": "\nx = 1", "b": "2"]),
    ("[default]\n\ts =\n\t\tx = 1\n\n\tb = 2", "default", ["s": "\nx = 1", "b": "2"]),
    ("[default]\na = secret\n  # no\n\t; no\nb = 2", "default", ["a": "secret", "b": "2"]),
    (
      "[default]\na: 1\nb : 2\nc:http://h:1/?x=1\nd = arn:aws:x", "default",
      ["a": "1", "b": "2", "c": "http://h:1/?x=1", "d": "arn:aws:x"]
    ),
    ("\u{FEFF}[default]\r\na = 1\r\n  # no\r\nb: 2\r\n", "default", ["a": "1", "b": "2"]),
  ]) func `what the AWS command line reads is read`(text: String, name: String, properties: [String: String]) throws {
    let profile = try #require(try config(text).profile(named: name))
    #expect(Dictionary(uniqueKeysWithValues: profile.propertyNames.map { ($0, profile.written($0)) }) == properties)
  }

  @Test func `the credentials file has profiles by their whole names`() throws {
    let text = "[my team]\na = 1\n[\"other team\"]\na = 2\n[o'brien]\na = 3\n[profile x]\na = 4\n"
    let file = try ProfileFile(Array(text.utf8), kind: .credentials, path: "c")
    let profiles = Profiles(selected: "default", config: nil, credentials: file)
    #expect(profiles.names == ["my team", "o'brien", "other team"])
  }

  @Test func `what is left out is named by file and line, and not quoted`() throws {
    let files = MemoryFiles([
      "/h/.aws/config":
        "[profile canary team]\na = 1\n[canary]\n[default]\nmy canary = 1\n[profile default]\n[plugins]",
      "/h/.aws/credentials": "[default]\n[profile canary]\n",
    ])
    let profiles = try Profiles.load(environment: ProcessEnvironment(["HOME": "/h"]), files: files.source)
    #expect(
      profiles.notes.map { String($0.prefix { $0 != ":" }) } == [
        "`/h/.aws/config`, line 1 is left out", "`/h/.aws/config`, line 3 is left out",
        "`/h/.aws/config`, line 4 is left out", "`/h/.aws/credentials`, line 2 is left out",
      ])
    #expect(!profiles.notes.joined().contains("canary"))
  }

  @Test func `names of properties are the same in any case, names of profiles are not`() throws {
    let profiles = try config("[profile a]\nREGION = one\n[profile A]\nRegion = two\nregion=three")
    #expect(profiles.profile(named: "a")?["region"] == "one")
    #expect(profiles.profile(named: "A")?["region"] == "three")
    #expect(profiles.names == ["A", "a"])
  }

  @Test func `any text may be a value, and a blank line ends none`() throws {
    let profiles = try config("[default]\na = ü = 🐱 #!\nb = one\n\n\t two\nc=x # y\nd=\u{A0}z\n")
    let profile = try #require(profiles.profile(named: "default"))
    #expect(profile["a"] == "ü = 🐱")
    #expect(profile["b"] == "one\ntwo")
    #expect(profile["c"] == "x")
    #expect(profile["d"] == "\u{A0}z")
  }

  @Test func `an indented comment among nested properties breaks nothing`() throws {
    let profiles = try config("[default]\n  # a\ns3 =\n  # b\n  one = 1\n  ; c\n  two = 2\nregion = x\n")
    #expect(profiles.profile(named: "default")?.written("s3") == "\none = 1\ntwo = 2")
    #expect(profiles.region == "x")
  }

  @Test func `the services section of the selected profile gives addresses`() throws {
    let profiles = try config(
      """
      [default]
      services = mine
      endpoint_url = http://all
      [services mine]
      sso =
        endpoint_url = http://sso  # comment
      SSO_OIDC =
        ENDPOINT_URL = http://oidc
      sts =
        other = x
      [services other]
      sts =
        endpoint_url = http://other
      """)
    #expect(profiles.serviceEndpoint("sso") == "http://sso")
    #expect(profiles.serviceEndpoint("sso_oidc") == "http://oidc")
    #expect(profiles.serviceEndpoint("sts") == nil)
    #expect(profiles.selected?["endpoint_url"] == "http://all")
  }

  @Test func `keys that stand in a profile are not shown`() throws {
    let profiles = try config("[default]\naws_secret_access_key = canarysecret")
    let profile = try #require(profiles.selected)
    #expect(profile.secret("aws_secret_access_key")?.reveal() == "canarysecret")
    let file = try ProfileFile(Array("[default]\nname = canarysecret".utf8), kind: .config, path: "canary")
    for text in [
      "\(profile)", "\(file)", String(reflecting: file), String(reflecting: profile), String(describing: profiles),
    ] {
      #expect(!text.contains("canary"))
    }
    var dumped = ""
    dump(profiles, to: &dumped)
    #expect(!dumped.contains("canarysecret"))
  }

  @Test func `a home folder is written out where a path begins with a tilde only`() {
    let locations = ProfileLocations(environment: ProcessEnvironment(["HOME": "/home/user/"]), platform: .unix)
    #expect(locations.config == "/home/user/.aws/config")
    #expect(locations.expanded("~") == "/home/user")
    #expect(locations.expanded("~//a/") == "/home/user/a")
    #expect(locations.expanded("~other/a") == "~other/a")
    #expect(locations.expanded("/a/~/b") == "/a/~/b")
    let homeless = ProfileLocations(environment: ProcessEnvironment(["USERPROFILE": "x"]), platform: .unix)
    #expect(homeless.home == nil)
    #expect(homeless.config == "~/.aws/config")
    let moved = ProfileLocations(
      environment: ProcessEnvironment(["HOME": "/h", "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": " "]),
      platform: .unix)
    #expect(moved.config == "/h/c")
    #expect(moved.credentials == "/h/.aws/credentials")
  }

  @Test func `the profile's name comes from the newer variable first`() {
    #expect(ProfileLocations.profileName(ProcessEnvironment(["AWS_DEFAULT_PROFILE": "a"])) == "a")
    #expect(ProfileLocations.profileName(ProcessEnvironment(["AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "b"])) == "b")
    #expect(ProfileLocations.profileName(ProcessEnvironment(["AWS_PROFILE": " "])) == "default")
  }

  @Test func `files that cannot be read say nothing but why`() throws {
    let files = FileSource(
      read: { path throws(FileFailure) in
        if path.hasSuffix("config") { throw FileFailure("failed to read `\(path)`: Permission denied") }
        return [0x5B, 0xFF, 0x5D]
      }, replace: { _, _ throws(FileFailure) in })
    let profiles = try Profiles.load(environment: ProcessEnvironment(["HOME": "/h"]), files: files)
    #expect(profiles.isEmpty)
    #expect(
      profiles.notes == [
        "failed to read `/h/.aws/config`: Permission denied", "`/h/.aws/credentials` is left out: it is not UTF-8",
      ])
  }
}
