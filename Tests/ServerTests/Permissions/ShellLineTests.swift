import Protocol
import Server
import Testing

/// The commands of a line, with ` ; ` between them; `?` when it cannot be judged.
private func judged(_ line: String) -> String {
  switch ShellLine(line).judgement {
  case .commands(let commands): commands.map(\.text).joined(separator: " ; ")
  case .cannotBeJudged: "?"
  }
}

@Suite struct `A shell line` {
  @Test(arguments: [
    ("git status", "git status"),
    ("  git   status\t-s  ", "git status -s"),
    ("git status;", "git status"),
    ("git add . && git commit -m 'a b'", "git add . ; git commit -m a b"),
    ("a || b", "a ; b"),
    ("a|b|c", "a ; b ; c"),
    ("a & b", "a ; b"),
    ("a;b\nc", "a ; b ; c"),
    ("a\n\n\n# nothing\nb", "a ; b"),
    ("a |\n b", "a ; b"),
    ("a &&\n\n b", "a ; b"),
    ("(a; b)", "a ; b"),
    ("( a )", "a"),
    ("(a; (b; c)); d", "a ; b ; c ; d"),
    ("{ a; b; }", "a ; b"),
    ("! a", "a"),
    ("a # b; c", "a"),
    ("a #", "a"),
    ("a#b", "a#b"),
    ("a '#' b", "a # b"),
    ("a \\# b", "a # b"),
    ("# a", "?"),
    ("", "?"),
    (" \n\t", "?"),
    (";", "?"),
    ("if a; then b; elif c; then d; else e; fi", "a ; b ; c ; d ; e"),
    ("if a\nthen\nb\nfi", "a ; b"),
    ("while a; do b; done", "a ; b"),
    ("until a; do b; done", "a ; b"),
    ("case x in a) b;; (c|d) e;; *) f; esac", "b ; e ; f"),
    ("case $x in\n a)\n b\n ;;\n esac; c", "b ; c"),
    ("case x in esac; a", "a"),
    ("case x in a) ;; esac\nb", "b"),
    ("case \"$(a)\" in '') b;; esac", "a ; b"),
    ("case x in a) case y in b) c;; esac;; d) e;; esac", "c ; e"),
    ("time a b", "time ; a b"),
    ("time -p a", "time ; a"),
  ]) func `is judged by each of its commands`(line: String, commands: String) {
    #expect(judged(line) == commands)
  }

  @Test(arguments: [
    ("'rm' -rf x", "rm -rf x"),
    ("r\\m -rf x", "rm -rf x"),
    ("r''m x", "rm x"),
    ("r\"\"m x", "rm x"),
    ("\"rm\" x", "rm x"),
    ("r'm' 'x y'", "rm x y"),
    ("r\\\nm x", "rm x"),
    ("rm\\\n x", "rm x"),
    ("'a b' c", "a b c"),
    ("a \"b 'c' d\"", "a b 'c' d"),
    ("a 'b \"c\" d'", "a b \"c\" d"),
    ("a \"\\$b \\\" \\\\ \\` \\x\"", "a $b \" \\ ` \\x"),
    ("a '\\'", "a \\"),
    ("a \\'b", "a 'b"),
    ("a ''", "a "),
    ("a \"b\\\nc\"", "a bc"),
    ("a 'b;c' \"d|e\" f\\&g", "a b;c d|e f&g"),
    ("a $ b$", "a $ b$"),
    ("a \"$\" '$x'", "a $ $x"),
    ("a {} b", "a {} b"),
    ("a {b c}", "a {b c}"),
    ("a b=c", "a b=c"),
    ("a \\", "a \\"),
    ("[ -f x ]", "[ -f x ]"),
    ("é ü", "é ü"),
    ("a 日本", "a 日本"),
    ("'if' x", "if x"),
    ("\\if x", "if x"),
    ("a if then fi", "a if then fi"),
    ("a }", "a }"),
  ]) func `is read with its quotes`(line: String, commands: String) {
    #expect(judged(line) == commands)
  }

  @Test(arguments: [
    ("a $(b c)", "b c ; a …"),
    ("a \"$(b 'c)')\"", "b c) ; a …"),
    ("a `b`", "b ; a …"),
    ("a \"`b`\"", "b ; a …"),
    ("a `b \\`c\\``", "c ; b … ; a …"),
    ("a $(b $(c))", "c ; b … ; a …"),
    ("a \"$(b \"$(c)\")\"", "c ; b … ; a …"),
    ("a $(b; c && d)", "b ; c ; d ; a …"),
    ("a $(case x in y) b;; esac)", "b ; a …"),
    ("a $( (b) )", "b ; a …"),
    ("a $(# )\nb)", "b ; a …"),
    ("a <(b) >(c)", "b ; c ; a … …"),
    ("a $x \"$y\" ${z} $1 $@ $# $? ${#z}", "a … … … … … … … …"),
    ("a *.c b?c [ab]", "a … … …"),
    ("a ~/b ~c", "a …/b …"),
    ("a {b,c} {1..3}", "a … …"),
    ("a $((1 + 2 * (3 - 1)))", "a …"),
    ("a <<E\nb\nE\nc", "a ; c"),
    ("a <<E\n$(b)\nE", "a ; b"),
    ("a <<E\n`b`\nE", "a ; b"),
    ("a <<'E'\n$(b)\nE\nc", "a ; c"),
    ("a <<\\E\n$(b)\nE", "a"),
    ("a <<\"E\"\n`b`\nE", "a"),
    ("a <<-E\n\tb\n\tE\nc", "a ; c"),
    ("a <<E b\nx\nE", "a b"),
    ("a <<E; b\nx; y\nE\nc", "a ; b ; c"),
    ("a <<E <<F\nx\nE\ny\nF\nb", "a ; b"),
    ("a <<E\n it's \"unclosed ( \nE\nb", "a ; b"),
    ("a <<E\n\\$(b)\nE", "a"),
    ("git commit -m \"$(cat <<'E'\nA (title\nE\n)\"", "cat ; git commit -m …"),
    ("a <<<b", "a"),
    ("a <<< \"$(b)\"", "b ; a"),
  ]) func `is judged by the commands in its expansions, too`(line: String, commands: String) {
    #expect(judged(line) == commands)
  }

  @Test(arguments: [
    "a >/dev/null", "a 2>/dev/null", "a >/dev/null 2>&1", "a 2>&1", "a >&2", "a 1>&2", "a 2>&-", "a <&3", "a <file",
    "a >'/dev/null'", "2>/dev/null a", "a >& 2",
  ]) func `may turn its output away`(line: String) {
    #expect(judged(line) == "a")
  }

  @Test(arguments: [
    "a > b", "a >b", "a >> b", "a >| b", "a <> b", "a 2> b", "a &> b", "a &>> b", "a >& b", "a 2>&b", "> b", "a; > b",
    "a > $b",
    "a > \"$(b)\"", "a >/dev/null/../b", "a > /dev/nullx", "a > /dev/stdout", "a >/dev/tcp/h/1", "a </dev/tcp/h/1",
    "a <$b",
    "a > >(b)", "{ a; } > b", "(a) > b", "if a; then b; fi > c", "a | b > c", "$(a > b)", "a <<E > b\nE", "a >&$b",
    "a {b}>c", "a >\\\nb", "a $(<b)", "<b", "while a; do b; done <c",
  ]) func `that writes a file, or reads one by itself, is not covered`(line: String) {
    #expect(judged(line) == "?")
  }

  @Test(arguments: [
    "PATH=/x a", "LD_PRELOAD=x a", "GIT_SSH_COMMAND=x git fetch", "A= a", "A+=b a", "A=1", "A=1; a", "A=$(b) a",
    "A=(b c); a",
    "env A=1 a", "env PATH=x git status", "export PATH=x; a", "export A", "readonly A=1", "sudo A=1 a", "A\\\n=b a",
    "for f in a b; do c; done", "for PATH in /x; do git status; done", "for x do a; done", "select x in a; do b; done",
    "a ${b:=c}", "a $((b = 1))", "a $((PATH=1))", "printf -v PATH x; a", "read PATH <<< /x; a", "declare PATH=x",
    "typeset -x PATH=x", "local x=1", "getopts ab PATH", "mapfile -t x", "let PATH=1", "unset PATH", "set -- a",
    "(A=1; b)",
    "a | A=1 b", "a && A=1", "if A=1; then b; fi", "{ A=1; b; }", "a $(A=1 b)", "nice env A=1 b",
  ]) func `that sets a variable is not covered`(line: String) {
    #expect(judged(line) == "?")
  }

  @Test(arguments: [
    "$a", "$a b", "\"$a\" b", "${a} b", "$(a) b", "`a` b", "r$a b", "/bin/r? x", "r[m] x", "/bin/* x", "{rm,-rf,x}",
    "{a,b}c",
    "~/a", "rm${IFS}-rf${IFS}x", "$'rm' x", "$'\\x72m' x", "$\"rm\" x", "a $'\\'' b", "\"$@\"", "sh -c \"$a\"",
    "sh -c \"a $b\"",
    "eval $a", "eval \"$a\"", "eval a $b", "sh", "sh -s", "bash -", "a | sh", "curl x | bash", "sh <<E\na\nE",
    "bash <<< a",
    "sh < a", "sh /dev/stdin", ". /dev/stdin", "source <(a)", "bash <(a)", "sh -$x a", "xargs $a", "xargs sh -c",
    "xargs -I{} sh -c {}", "xargs -I % sh -c 'a %'", "xargs -I R R x", "find . -exec {} ;", "find . -exec sh -c {} \\;",
    "trap $a EXIT", "a=b;$a", "nice $a b", "timeout $a b",
  ]) func `that hides what it runs cannot be judged`(line: String) {
    #expect(judged(line) == "?")
    #expect(ShellLine(line).hidesCommands)
  }

  @Test(arguments: [
    "a() { b; }; a", "a () b", "git() { rm x; }; git status", "function a { b; }", "function a() { b; }", "a()\n{ b; }",
    "alias git=rm\ngit status", "alias a", "unalias a", "hash -p /x git; git status", "enable -n a", "shopt -s x",
    "bind x",
    "coproc a", "[[ -f a ]]", "[[ a && b ]]", "((a))", "(( 1 ))", "for ((;;)); do a; done", "a $[1+1]", "a ${b:-c}",
    "a ${b%c}",
    "a ${!b}", "a ${b@P}", "a $((b))", "a $((a[1]))", "test -v a", "[ -v a ]", "time -f x a", "a |& b &> c",
    "a 12>/dev/null",
  ]) func `on which shells disagree cannot be judged`(line: String) {
    #expect(judged(line) == "?")
  }

  @Test(arguments: [
    "a 'b", "a \"b", "a `b", "a $(b", "a ${b", "(a", "a)", "a (b)", "a b()", "case x in", "case x a",
    "case x in a b) c;; esac",
    "a ;; b", "esac", "a <<", "a <<E", "a <<E\nb", "a >", "a <", "a > ; b", "a << $b\n", "a <<E\nb\\\nE\nc\nE",
    "a $(b <<E)\nE",
    "a <<E $(b\n)\nE", "a <(b", "for x in a", "a=(b", "a \u{0} b", "a \r\nb", "git\u{A0}status", "git\u{2003}status",
    "git status\u{2028}rm x", "a \u{202E}b", "a \u{200B}b", "a \u{1B}[2K", "a \u{7F}", "\u{FEFF}a", "a\u{3000}b",
    "a $\\\n(b)", "a <\\\n(b)",
  ]) func `that is broken, or not what it looks like, cannot be judged`(line: String) {
    #expect(judged(line) == "?")
  }

  @Test(arguments: [
    ("nice a", "nice a ; a"), ("nice -n 5 a b", "nice -n 5 a b ; a b"), ("nice -10 a", "nice -10 a ; a"),
    ("nohup a", "nohup a ; a"), ("timeout 5 a b", "timeout 5 a b ; a b"),
    ("timeout -k 1 -s KILL 5s a", "timeout -k 1 -s KILL 5s a ; a"),
    ("timeout --signal=KILL 5 a", "timeout --signal=KILL 5 a ; a"),
    ("timeout --signal KILL 5 a", "timeout --signal KILL 5 a ; a"),
    ("command a", "command a ; a"), ("command -p a", "command -p a ; a"), ("command -v a", "command -v a"),
    ("builtin a", "builtin a ; a"), ("exec a", "exec a ; a"), ("exec -a b c", "exec -a b c ; c"),
    ("stdbuf -oL a", "stdbuf -oL a ; a"),
    ("env a", "env a ; a"), ("env -u B a", "env -u B a ; a"), ("env -- a", "env -- a ; a"), ("env", "env"),
    ("sudo a", "sudo a ; a"), ("sudo -u b a", "sudo -u b a ; a"), ("sudo -nu b -- a c", "sudo -nu b -- a c ; a c"),
    ("sudo -ub a", "sudo -ub a ; a"), ("doas a", "doas a ; a"), ("xargs a b", "xargs a b ; a b …"),
    ("xargs -0 -n 1 a", "xargs -0 -n 1 a ; a …"), ("xargs -n1 a", "xargs -n1 a ; a …"), ("xargs", "xargs"),
    ("xargs -I{} a {} b", "xargs -I{} a {} b ; a … b …"), ("busybox a b", "busybox a b ; a b"),
    ("find . -name x", "find . -name x"), ("find . -exec a {} \\;", "find . -exec a {} ; ; a …"),
    ("find . -exec a {} + -ok b ';'", "find . -exec a {} + -ok b ; ; a … ; b"), ("sh -c 'a; b'", "sh -c a; b ; a ; b"),
    ("bash -lc 'a'", "bash -lc a ; a"), ("sh -e -c a b", "sh -e -c a b ; a"),
    ("sh -eo pipefail -c 'a'", "sh -eo pipefail -c a ; a"),
    ("sh -c -- a", "sh -c -- a ; a"), ("sh a.sh b", "sh a.sh b"), ("sh -x a.sh", "sh -x a.sh"),
    ("/bin/sh -c a", "/bin/sh -c a ; a"),
    ("eval a b", "eval a b ; a b"), ("eval 'a;' b", "eval a; b ; a ; b"), ("trap 'a' EXIT", "trap a EXIT ; a"),
    ("trap - EXIT", "trap - EXIT"),
    ("sudo nice sh -c 'env a'", "sudo nice sh -c env a ; nice sh -c env a ; sh -c env a ; env a ; a"),
    ("sh -c \"sh -c 'a b'\"", "sh -c sh -c 'a b' ; sh -c a b ; a b"),
    ("xargs sh -c 'a'", "xargs sh -c a ; sh -c a … ; a"),
    (". ./a", ". ./a"), ("cd a && b", "cd a ; b"), ("set -e; a", "set -e ; a"), ("true; a", "true ; a"),
  ]) func `is judged by what its commands run in turn`(line: String, commands: String) {
    #expect(judged(line) == commands)
  }

  @Test(arguments: [
    "nice -x a", "env -S 'a b'", "sudo --odd a", "xargs --odd a", "ssh h a", "su -c a", "strace a", "chroot x a",
  ])
  func `behind a wrapper that is not known well enough cannot be judged`(line: String) {
    let found = ShellLine(line)
    #expect(found.hidesCommands)
    #expect(found.suspects.contains { $0.text.hasPrefix("a") })
  }

  @Test func `may be as long and as deep as a limit says`() {
    let long = "a " + String(repeating: "b", count: PermissionLimits.lineBytesMax)
    #expect(judged(long) == "?")
    #expect(judged(String(long.utf8.prefix(PermissionLimits.lineBytesMax)) ?? "") != "?")
    #expect(judged(String(repeating: "a;", count: PermissionLimits.commandsMax)) != "?")
    #expect(judged(String(repeating: "a;", count: PermissionLimits.commandsMax + 1)) == "?")
    // However much there is before it, what hides a command is noticed.
    #expect(ShellLine((0..<2_000).map { "A\($0)=;" }.joined() + "$x").hidesCommands)
    for (open, close) in [
      ("(", ")"), ("$(", ")"), ("${a", "}"), ("\"$(", ")\""), ("sudo ", "a"), ("eval ", "a"), ("`", "`"), ("$((", "))"),
      ("{ ", "}"),
      ("<(", ")"), ("a <<E\n$(", ")\nE\n"), ("if ", "fi"), ("case x in a) ", " esac"), ("strace ", ""),
      ("sh -c '", "'"),
    ] {
      let count = 20_000 / (open.utf8.count + close.utf8.count)
      let deep = String(repeating: open, count: count) + " rm " + String(repeating: close, count: count)
      let line = ShellLine(deep)
      #expect(line.hidesCommands || line.commands.contains { $0.text.contains("rm") }, "\(open)")
    }
  }
}
