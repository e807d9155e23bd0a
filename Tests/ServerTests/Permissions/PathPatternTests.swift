import Protocol
import Server
import TestSupport
import Testing

@Suite struct `A path pattern` {
  private func relation(_ pattern: String, _ path: String) throws -> PathPattern.Relation {
    try PathPattern(pattern).relation(
      to: PermissionPath(path, workspace: "/work/space"), in: PathSetting(workspace: "/work/space", home: "/home/me"))
  }

  @Test(arguments: [
    ("src/**", "src/a"), ("src/**", "src/a/b/c"), ("/src/**", "src/a"), ("src/*.c", "src/a.c"), ("src/*", "src/a"),
    ("**/*.c", "a.c"), ("**/*.c", "x/y/a.c"), ("**", "a/b"), ("**", "."), ("a", "a"), ("a", "./a"), ("a", "b/../a"),
    ("a", "a//"), ("a/", "a"), ("a?c", "abc"), ("a?c", "aéc"), ("a?c", "a日c"), ("*", "anything"), (".*", ".env"),
    ("a\\*b", "a*b"), ("a\\?", "a?"), ("app/\\[id\\]/x", "app/[id]/x"), ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"),
    ("a/**/**/b", "a/b"), ("**/a/**", "x/a/y"), ("*a*b*", "xaxbx"), ("**/.git/**", ".git/hooks/x"), ("é", "é"),
    ("//etc/passwd", "/etc/passwd"), ("//etc/**", "/etc/ssl/x"), ("//work/space/a", "a"), ("a", "/work/space/a"),
    ("//**", "/etc/x"), ("//**", "a"), ("//etc/hosts", "../../etc/hosts"), ("./a", "a"), ("a/./b/", "a/b"),
    ("~/a", "/home/me/a"),
    ("$HOME/a", "/home/me/a"), ("${HOME}/**", "/home/me/a"), ("~", "/home/me"), ("$PWD/a", "a"),
    ("file:///etc/a%20b", "/etc/a b"), ("file:/etc/a", "/etc/a"), ("file://localhost/etc/a", "/etc/a"),
    ("/work/space/a", "a"), ("/a", "a"), ("file:///work/space/a", "a"), ("a(b)", "a(b)"), ("a b", "a b"),
  ]) func `means a path`(pattern: String, path: String) throws {
    #expect(try relation(pattern, path) == .same)
  }

  @Test(arguments: [
    ("src/**", "src"), ("src/**", "srcs/a"), ("src/**", "a/src/b"), ("src/*", "src/a/b"), ("src/*.c", "src/a.h"),
    ("a", "A"),
    ("src/**", "src/../a"), ("src/**", "src/../../x"), ("src/**", "/src/a"), ("**", "/etc/passwd"), ("**", "../x"),
    ("etc/passwd", "/etc/passwd"), ("/etc/passwd", "/etc/passwd"), ("*", "a/b"), ("a?c", "ac"), ("a?c", "abbc"),
    ("?", "/"),
    ("**/a", "ba"), ("a\\*b", "axb"), ("//etc/*", "/etc/ssl/x"), ("//work/space/a", "/work/spacex/a"),
    ("é", "e\u{301}"),
    ("src/**", "src/.."), ("a/b", "a"), (".env", "x/.env"), ("src/**", "/work/space/src/../../x"), ("K", "\u{212A}"),
  ]) func `does not mean another`(pattern: String, path: String) throws {
    #expect(try relation(pattern, path) != .same)
  }

  @Test(arguments: [
    ("src", "src/a", PathPattern.Relation.below), ("src/*", "src/a/b", .below), ("src/**", "src", .above),
    ("a/b/c", "a", .above),
    ("a/b/c", ".", .above), ("a/b/c", "a/x", .apart), ("src/**", "/work", .above), ("//etc/x", "/", .above),
    ("//etc/x", "/etc", .above), ("//etc/x", "/usr", .apart), ("//etc", "/etc/x", .below), ("src/**", "/other", .apart),
  ]) func `knows what is above and below it`(pattern: String, path: String, relation: PathPattern.Relation) throws {
    #expect(try self.relation(pattern, path) == relation)
  }

  @Test func `takes capitals for small letters where files do`() throws {
    let rules = try rules(deny: ["read_file(src/Notes)"])
    for foldsCase in [true, false] {
      let policy = PermissionPolicy(workspace: "/w", rules: rules, foldsCase: foldsCase)
      #expect(word(policy.decide(.read("SRC/nOTES"), canAsk: true)) == (foldsCase ? "refused" : "allowed"))
    }
  }

  @Test(arguments: [
    "~me/a", "a/../b", "..", "../a", ".", "a**", "**b/c", "a/***", "{a,b}", "[ab]", "a\\", "/", "a/{b}", "$USER/a",
    "src\\a", "src\\**", "C:\\Users", "C:/Users", " a", "a ", "\"a\"", "'a'", "!a", "a:*", "https://a/b", "file:a",
    "file://host/a", "src/@(a|b)",
  ])
  func `must be one that can be meant`(pattern: String) {
    #expect(throws: PermissionRule.Problem.self) { try PathPattern(pattern) }
  }

  @Test(arguments: [
    "a", "a*b", "a?[b]{c}\\d", "~", "/etc/x*", "a (b)", "é/ü", "..a/...", "/", " a ", "$HOME", "$x", "!a", "\"a\"",
    "file:a", "~me", "a:*", "~/a",
  ])
  func `can be written for exactly one path`(path: String) throws {
    let place = PermissionPath(path, workspace: "/w")
    let pattern = try PathPattern(PathPattern.text(exactly: place))
    let setting = PathSetting(workspace: "/w", home: "/home/me")
    #expect(pattern.relation(to: place, in: setting) == .same)
    for other in ["aXb", "axb", "b", "/etc/xy", "a?b{c}d", "c/x"] where other != path {
      #expect(pattern.relation(to: PermissionPath(other, workspace: "/w"), in: setting) != .same)
    }
  }

  @Test(.hangGuard) func `costs no more for its stars`() throws {
    let names = String(repeating: "a/", count: 1_000)
    #expect(try relation(String(repeating: "**/a/", count: 400) + "b", names) == .above)
    #expect(try relation(String(repeating: "*a", count: 1_000) + "b", String(repeating: "a", count: 2_000)) == .apart)
  }
}
