import Protocol
import Server
import TestSupport
import Testing

@Suite struct `A rule that denies rm` {
  private func decide(_ line: String, mode: PermissionMode = .bypass) throws -> String {
    let policy = PermissionPolicy(
      workspace: "/w", mode: mode, rules: try rules(deny: ["execute_command(rm:*)"]), grant: .all)
    return word(policy.decide(.run(line), canAsk: true))
  }

  @Test(arguments: [
    "rm x", "/bin/rm x", "./rm x", "../../bin/rm x", "r\\m x", "'rm' x", "\"rm\" x", "r''m x", "\\rm x", "rm\\\n x",
    "r\\\nm x", "RM x", "Rm x",
    "ls; rm x", "ls && rm x", "ls || rm x", "ls | rm x", "ls & rm x", "ls\nrm x", "(rm x)", "{ rm x; }", "! rm x",
    "$(rm x)", "`rm x`",
    "echo $(rm x)", "echo `rm x`", "echo \"$(rm x)\"", "echo \"`rm x`\"", "echo $(echo $(rm x))",
    "echo `echo \\`rm x\\``", "cat <(rm x)", "tee >(rm x)",
    "cat <<E\n$(rm x)\nE", "cat <<E\n`rm x`\nE", "cat <<-E\n\t$(rm x)\n\tE", "cat <<'E'\nx\nE\nrm x", "sh <<E\nrm x\nE",
    "sh <<'E'\nrm x\nE", "sh <<< 'rm x'",
    "if true; then rm x; fi", "while rm x; do :; done", "for i in 1; do rm $i; done", "case x in x) rm y;; esac",
    "case x in (x) rm y;; esac", "f() { rm x; }; f",
    "f() (rm x); f", "function f { rm x; }; f", "A=1 rm x", "A=$(rm x)", "A=$(rm x) true", "A=(a $(rm x))",
    "export A=$(rm x)", ">/dev/null rm x", "2>&1 rm x", "rm x >/dev/null",
    "> $(rm x)", "< $(rm x) ls", "<<< \"$(rm x)\" cat", "env rm x", "env A=1 rm x", "env -i rm x", "env -u A rm x",
    "/usr/bin/env rm x", "sudo rm x", "sudo -u a rm x", "sudo -nE rm x",
    "sudo -- rm x", "sudo A=1 rm x", "nice rm x", "nice -n 5 rm x", "nohup rm x &", "timeout 5 rm x",
    "timeout -s 9 5 rm x", "time rm x", "time -p rm x", "command rm x", "command -p rm x",
    "builtin command rm x", "exec rm x", "exec -a ls rm x", "xargs rm", "xargs -0 rm", "xargs -n 1 rm -f",
    "ls | xargs -I{} rm {}", "find . -exec rm {} \\;", "find . -execdir rm {} +",
    "find . -name x -ok rm {} ';'", "sh -c 'rm x'", "sh -c \"rm x\"", "bash -lc 'rm x'", "bash -c 'ls; rm x'",
    "/bin/sh -ec 'rm x'", "sh -c \"sh -c 'rm x'\"", "sh -c 'eval \"rm x\"'",
    "eval rm x", "eval 'rm x'", "eval \"r\"m x", "trap 'rm x' EXIT", "trap -- 'rm x' 0", "alias a='rm x'\na",
    "busybox rm x", "sudo sh -c 'cd / && rm x'", "env sh -c 'rm x'", "nice nice nice rm x",
    "stdbuf -oL rm x", "setsid rm x", "ionice -c 3 rm x", "doas rm x", "~/bin/rm x", "$HOME/bin/rm x",
    "\"$HOME\"/bin/rm x", "ls # x\nrm y", "ls '#'; rm x", "ls \\#; rm x", "ls a#; rm x",
    "echo \"a\\\"\"; rm x", "echo 'a\\'; rm x", "echo \"'\"; rm x; echo \"'\"", "echo $((1)); rm x",
    "echo $((1+$(rm x)))", "echo ${a:-$(rm x)}", "echo \"${a:-`rm x`}\"", "echo $( (rm x) )", "((rm x))",
    "$((rm x) )", "[[ a ]] && rm x", "[ a ] && rm x", "coproc rm x", "until rm x; do :; done", "ls |& rm x",
    "ls &> y; rm x", "ls &>/dev/null rm x", "case $(rm x) in a) ;; esac", "for i in $(rm x); do :; done",
    "case a in $(rm x)) ;; esac", "cat <<A <<B\nA\n$(rm x)\nB", "cat <<E; rm x\nE", "echo a \\\n; rm x",
    "true\\\n; rm x", "echo \"$(case x in x) rm y;; esac)\"", "! ! rm x", "{ { rm x; }; }", "if ! rm x; then :; fi",
    "a[$(rm x)]=1", "echo $(# comment )\nrm x)", "echo \"$(echo ')'; rm x)\"", "\t rm\tx", "rm", "rm;", "rm&", "(rm)",
    "$(rm)", "rm -- x", "ls;rm x", "ls;;rm x", "time { rm x; }", "time ! rm x", "printf x | (rm y)",
  ]) func `is not evaded`(line: String) throws {
    let found = try decide(line)
    // What no shell takes in this way, or what is read before an error, may be asked instead; never more.
    let isBroken = ["ls;;rm x"].contains(line)
    #expect(found == "refused" || isBroken && found == "ask")
  }

  @Test(arguments: [
    "$x y", "$(echo rm) x", "`echo rm` x", "r$@m x", "r${x}m y", "/bin/r? x", "/bin/[r]m x", "r* x", "{rm,x}",
    "{r,}m x", "$'rm' x", "$'\\x72\\x6d' x", "$\"rm\" x", "rm${IFS}x",
    "IFS=,; a=rm,x; $a", "a=rm; $a x", "set -- rm x; \"$@\"", "echo rm x | sh", "echo cm0geA== | base64 -d | sh",
    "printf 'rm x' | bash", "sh < file", "sh /dev/stdin", ". /dev/stdin",
    "source <(echo rm x)", "bash <(echo rm x)", "eval \"$x\"", "eval $(echo rm x)", "sh -c \"$x\"",
    "sh -c \"$(echo rm x)\"", "env -S 'rm x'", "env -S'rm x'", "sudo --odd rm x", "strace rm x", "ssh h rm x",
    "su -c 'rm x'", "su - a -c 'rm x'", "watch rm x", "watch 'rm x'", "chroot / rm x", "flock f rm x",
    "flock f -c 'rm x'", "parallel rm ::: x", "unshare -r rm x", "script -c 'rm x' f", "xargs sh -c",
    "xargs -I{} sh -c 'r{} x'",
    "find . -exec sh -c {} \\;", "hash -p /bin/rm ls; ls x", "alias ls=x", "enable -f x y", "read a; $a",
    "nice $x rm y", "x () { $@; }; x y", "trap $x EXIT", "echo ${x@P}", "echo $[a[1]]", "echo $((a))", "let 'a[1]'",
    "declare -i a='b[1]'", "printf -v 'a[1]' x", "test -v 'a[1]'", "a\u{A0}b", "ls \u{202E}x", "ls\r\nx", "echo 'x",
    "cat <<E\n", "cat <<E\nfoo\\\nE\nx\nE", "cat <<$x\n", "ls &> f x", "unset a", "getopts a b", "mapfile -C x a",
  ]) func `is not evaded by what cannot be read; that is asked`(line: String) throws {
    #expect(try decide(line) == "ask")
    let policy = PermissionPolicy(workspace: "/w", mode: .bypass, rules: try rules(deny: ["execute_command(rm:*)"]))
    #expect(word(policy.decide(.run(line), canAsk: false)) == "refused")
    // Without such a rule, bypass means bypass.
    #expect(word(PermissionPolicy(workspace: "/w", mode: .bypass).decide(.run(line), canAsk: false)) == "allowed")
  }

  @Test(arguments: [
    "ls rm", "echo rm x", "echo 'rm x'", "echo \"rm x\"", "echo '$(rm x)'", "echo \\$\\(rm x\\)", "ls # rm x",
    "rmdir x", "./rm.sh", "git rm x", "grep rm x", "cat rm", "cat <<'E'\nrm x\n$(rm x)\nE", "cat <<E\nrm x\nE",
    "cat <<\\E\n`rm x`\nE", "echo $x", "echo $x rm", "for i in rm; do echo $i; done", "case rm in rm) ls;; esac",
    "A=rm ls", "A='rm x' ls", "export A=rm", "ls > rm", "ls 2> rm", "command -v rm", "type rm", "which rm",
    "sudo ls rm", "xargs grep rm",
    "find . -name rm", "sh -c 'ls rm'", "npm run rm", "git commit -m 'rm x; rm y'", "git commit -m \"rm x\"",
    "set -e; ls", "cd x && ls", "nice ls rm", "timeout 5 ls rm", "echo a; # rm", "[ -f rm ]", "echo \"`echo rm`\"",
    "trap - EXIT", "true rm",
  ]) func `refuses nothing else`(line: String) throws {
    #expect(try decide(line) == "allowed")
  }
}
