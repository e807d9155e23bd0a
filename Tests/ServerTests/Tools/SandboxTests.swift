import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

/// Commands that try to get out: each way is tried in the sandbox and, so that it is known to be one, outside of it.
@Suite(
  .hangGuard,
  .enabled(if: SandboxKernel.current.problem == nil, "this kernel cannot confine programs: nothing of it was tested"))
struct `A sandbox` {
  /// A way out: what a command does, and what there is outside afterwards where it comes through.
  struct Way: Sendable, CustomTestStringConvertible {
    let name: String
    let command: String
    /// Whether it needs root, or what not every machine has, so that it may fail outside, too.
    let isRare: Bool
    var testDescription: String { name }

    init(_ name: String, _ command: String, isRare: Bool = false) {
      (self.name, self.command, self.isRare) = (name, command, isRare)
    }
  }

  /// `$OUT` is a folder outside that holds `file` with a line, and the folder `folder`.
  static let writing: [Way] = [
    Way("a file is made", "echo x >$OUT/new"),
    Way("a file is written over", "echo x >$OUT/file"),
    Way("a file is added to", "echo x >>$OUT/file"),
    Way("a file is emptied", "perl -e 'truncate $ARGV[0], 0 or die $!' $OUT/file"),
    Way(
      "a file is emptied while it is opened to be read",
      "perl -MFcntl -e 'sysopen F, $ARGV[0], O_RDONLY|O_TRUNC or die $!' $OUT/file"),
    Way("a link leads to a folder", "ln -s $OUT out && echo x >out/new"),
    Way("a link leads to what is not there", "ln -s $OUT/new out && echo x >out"),
    Way("the folder is gone up from", "echo x >../outside/new"),
    Way("the process's folder in /proc", "echo x >/proc/self/cwd/../outside/new"),
    Way("the process's root in /proc", "echo x >/proc/self/root$OUT/new"),
    Way("a file that is open to be read, anew", "exec 3<$OUT/file && echo x >/proc/self/fd/3"),
    Way("a hard link into the workspace", "ln $OUT/file here && echo x >here"),
    Way("a hard link out of it", "echo x >here && ln here $OUT/new"),
    Way("a file is moved into the workspace", "perl -e 'rename $ARGV[0], \"here\" or die $!' $OUT/file"),
    Way("a file is moved out of it", "echo x >here && perl -e 'rename \"here\", $ARGV[0] or die $!' $OUT/new"),
    Way("a file takes another's place", "echo x >here && perl -e 'rename \"here\", $ARGV[0] or die $!' $OUT/file"),
    Way("a file is moved about outside", "mv $OUT/file $OUT/new"),
    Way("a file is removed", "rm -f $OUT/file"),
    Way("a folder is made", "mkdir $OUT/new"),
    Way("a folder is removed", "rmdir $OUT/folder"),
    Way("a link is made", "ln -s x $OUT/new"),
    Way("a pipe is made", "mkfifo $OUT/new"),
    Way(
      "a socket is made",
      "perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, sockaddr_un $ARGV[0] or die $!' $OUT/new"),
    Way("a device is made", "mknod $OUT/new c 1 3", isRare: true),
    Way("a folder is mounted", "mkdir here && mount --bind $OUT here && echo x >here/new", isRare: true),
    Way(
      "a folder is mounted in a name space",
      "mkdir here && unshare -m sh -c 'mount --bind $OUT here && echo x >here/new'", isRare: true),
    Way("a user of one's own is root", "unshare -Urm sh -c 'mount -t tmpfs x $OUT; echo x >$OUT/new'", isRare: true),
    Way(
      "a root of one's own",
      "chroot $OUT/.. /bin/sh -c 'echo x >/outside/new' || (cd / && chroot . sh -c 'echo x >$OUT/new')", isRare: true),
    Way("a process that stays", "(setsid sh -c 'sleep 0.1; echo x >$OUT/new'; true) & wait"),
  ]

  private static func change(of bench: ToolBench) throws -> String? {
    let names = try FileManager.default.contentsOfDirectory(atPath: bench.outside.path).sorted()
    let text = try? String(contentsOf: bench.outside.appending(path: "file"), encoding: .utf8)
    let isSame = names == ["file", "folder"] && text == "kept\n"
    return isSame ? nil : "\(names) \(text ?? "gone")"
  }

  private static func bench(_ sandbox: SandboxMode?) throws -> ToolBench {
    let bench = try ToolBench(sandbox: sandbox)
    try bench.make("\(bench.outside.path)/file", "kept\n")
    try FileManager.default.createDirectory(
      at: bench.outside.appending(path: "folder"), withIntermediateDirectories: true)
    return bench
  }

  @Test(arguments: writing) func `lets nothing be changed outside`(way: Way) async throws {
    let confined = try Self.bench(.workspace)
    let command = "export OUT='\(confined.outside.path)'; \(way.command)"
    let outcome = try await confined.command(command)
    #expect(try Self.change(of: confined) == nil, "\(outcome.text)")
    // What stayed in the background cannot say it.
    #expect(way.command.hasSuffix("wait") || outcome.isError && outcome.text.contains("sandbox that commands run in"))
    let free = try Self.bench(nil)
    let through = try await free.command("export OUT='\(free.outside.path)'; \(way.command)")
    let change = try Self.change(of: free)
    #expect(way.isRare || change != nil, "no way out at all: \(through.text)")
    #expect(!through.text.contains("sandbox"))
  }

  @Test(
    arguments: [
      "echo x >/dev/shm/$NAME", "echo x >/tmp/$NAME", "echo x >/var/tmp/$NAME", "echo x >$HOME/$NAME",
      "echo x >/etc/$NAME", "mkdir /proc/self/$NAME", "echo 0 >/proc/self/oom_score_adj", "echo x >/dev/pts/ptmx",
      "echo x >/dev/ptmx", "echo x >/sys/kernel/$NAME", "TMPDIR=/tmp mktemp", "cd /; echo x >$NAME",
    ]) func `keeps commands from what is everybody's`(command: String) async throws
  {
    let bench = try ToolBench(secrets: ["HOME": NSHomeDirectory()], sandbox: .workspace)
    let outcome = try await bench.command("NAME=wyn360-\(UUID().uuidString); \(command) && echo written")
    #expect(outcome.isError && !outcome.text.contains("written"), "\(outcome.text)")
  }

  @Test func `lets no connection be made, and nobody be waited for`() async throws {
    let server = try LoopbackServer { _, _ in }
    let port = server.url.split(separator: ":").last.map(String.init) ?? ""
    let perl = "perl -MSocket -e 'socket S, "
    let at = "sockaddr_in(\(port), inet_aton \"127.0.0.1\") or die $!'"
    let ways = [
      "exec 3<>/dev/tcp/127.0.0.1/\(port)", "echo x >/dev/udp/127.0.0.1/\(port)",
      "\(perl) AF_INET, SOCK_STREAM, 0 or die $!; connect S, \(at)",
      // TCP to any server that has no more, and a datagram's socket.
      "\(perl) AF_INET, SOCK_STREAM, 262 or die $!; connect S, \(at)",
      "\(perl) AF_INET6, SOCK_DGRAM, 0 or die $!'",
      "\(perl) AF_INET, SOCK_STREAM, 0 or die $!; bind S, \(at)",
    ]
    let bench = try ToolBench(sandbox: .workspace)
    for way in ways {
      let outcome = try await bench.command(way)
      #expect(outcome.isError && outcome.text.contains("sandbox that commands run in"), "\(way): \(outcome.text)")
    }
    #expect(server.connections == 0)
    let free = try ToolBench()
    #expect(try await !free.command(ways[2]).isError)
  }

  @Test func `lets no other process be reached`() async throws {
    let bench = try ToolBench(sandbox: .workspace)
    let outcome = try await bench.command(
      "kill -0 $PPID || echo kept from its supervisor; kill -0 $$ && echo not itself")
    let knows = SandboxKernel.current.version >= 6
    #expect(outcome.text.contains("kept from its supervisor") == knows && outcome.text.contains("not itself"))
    let memory = try await bench.command("echo x >/proc/$PPID/mem; ls -l /proc/self/fd | grep -c -E ' [3-9] -> '")
    #expect(memory.text.contains("denied"))
    let descriptors = try await bench.command("ls /proc/$$/fd; true")
    #expect(descriptors.text == "0\n1\n2\n")
  }

  @Test func `lets work go on inside`() async throws {
    let bench = try ToolBench(sandbox: .workspace)
    let outcome = try await bench.command(
      """
      set -e
      echo one >file; echo two >>file; mkdir -p a/b; mv file a/b/file; ln a/b/file c; ln -s a/b/file d; echo three >>d
      mkfifo pipe; (echo through >pipe) & cat pipe; rm pipe
      temporary=$(mktemp -d); echo x >$temporary/x; mv $temporary/x .; rmdir $temporary
      cat <<EOF
      here $(wc -l <c)
      EOF
      echo nothing >/dev/null; head -c 4 /dev/urandom >random; echo out >/dev/stdout; echo err >/dev/stderr
      sort c | cat; chmod 700 a; touch -d 2020-01-01 x; cp -a a copy; rm -r copy
      sh -c 'sh -c "sleep 0 & wait; echo deep"'
      """)
    #expect(!outcome.isError, "\(outcome.text)")
    #expect(outcome.text == "through\nhere 3\nout\nerr\none\nthree\ntwo\ndeep\n")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git"), "there is no git"))
  func `lets git commit and a compiler compile`() async throws {
    let bench = try ToolBench(secrets: ["HOME": "/nonexistent"], sandbox: .workspace)
    let outcome = try await bench.command(
      """
      set -e
      git init -q -b main . && git config user.email a@example.com && git config user.name A
      echo x >file && git add . && git commit -q -m first && git checkout -q -b other && git mv file moved
      git commit -q -am second && git gc -q && git stash list && git log --format=%s
      if command -v cc >/dev/null; then echo 'int main(void) { return 0; }' >m.c && cc m.c -o m && ./m && echo compiled
      else echo compiled; fi
      """)
    #expect(outcome.text == "second\nfirst\ncompiled\n", "\(outcome.text)")
  }

  @Test func `holds for what goes on in the background`() async throws {
    let bench = try Self.bench(.workspace)
    var context = ToolContext(journal: bench.journal)
    context.background = BackgroundCommands()
    let plan = try bench.toolbox.plan(
      "execute_command",
      ["command": .string("echo x >\(bench.outside.path)/new; echo y >inside; echo over"), "background": true],
      in: bench.workspace)
    var outcome = try await plan.run(context).text
    while !outcome.contains("has ended") {
      let ask = try bench.toolbox.plan("command_output", ["command": 1, "wait_seconds": 5], in: bench.workspace)
      outcome += try await ask.run(context).text
    }
    #expect(outcome.contains("sandbox that commands run in") && outcome.contains("over"))
    #expect(try Self.change(of: bench) == nil)
    #expect(try bench.text("inside") == "y\n")
  }
}

/// Where nothing can be confined, nothing is run.
@Suite(.hangGuard) struct `Without a sandbox that could hold` {
  @Test(arguments: [-38, -1, -95, 1, 2]) func `no command is run, and the reason is told`(version: Int) async throws {
    let desk = SandboxDesk(.workspace, variables: [:], kernel: SandboxKernel(version: version))
    let reason = try #require(desk.refusal)
    #expect(reason.contains("Linux 6.2"))
    #expect(desk.confinement(nil, folders: ["/w"]) == .impossible(reason: reason))
    #expect(throws: Failure.self) { try desk.check(.workspace) }
    #expect(throws: Failure.self) { try desk.require(.workspaceAndServers) }
    #expect(throws: Never.self) { try desk.check(.off) }
    let bench = try ToolBench()
    var workspace = bench.workspace
    workspace.confinement = desk.confinement(nil, folders: workspace.paths)
    for background in [true, false] {
      let plan = try bench.toolbox.plan(
        "execute_command", ["command": "touch made", "background": .bool(background)], in: workspace)
      var context = ToolContext(journal: bench.journal)
      context.background = BackgroundCommands()
      let said: String
      do throws(ToolError) { said = try await plan.run(context).text } catch {
        said = error.message
      }
      #expect(said.contains("none is run") && said.contains("Linux 6.2"), "\(said)")
    }
    #expect(!bench.exists("made"))
  }

  @Test func `each can only ask for more`() throws {
    let kernel = SandboxKernel(version: 7)
    for (option, variable, session, holds) in [
      (nil, nil, nil, SandboxMode.off), (nil, "workspace", nil, .workspace), (.off, "workspace", nil, .off),
      (.workspace, "off", .off, .workspace), (.workspace, nil, .workspaceAndServers, .workspaceAndServers),
      (nil, "", .workspace, .workspace), (nil, "workspace,mcp", .workspace, .workspaceAndServers),
    ] as [(SandboxMode?, String?, SandboxMode?, SandboxMode)] {
      let desk = SandboxDesk(option, variables: variable.map { ["WYN360_SANDBOX": $0] } ?? [:], kernel: kernel)
      #expect((desk.confinement(session, folders: ["/w"]) != nil) == (holds != .off))
      #expect((desk.confinement(session, folders: ["/w"], ofServers: true) != nil) == (holds == .workspaceAndServers))
    }
    // A word that says nothing is no leave.
    let misspelt = SandboxDesk(nil, variables: ["WYN360_SANDBOX": "Workspace"], kernel: kernel)
    #expect(misspelt.refusal?.contains("off, workspace, workspace,mcp") == true)
    guard case .impossible = misspelt.confinement(nil, folders: ["/w"]) else { return #expect(Bool(false)) }
  }

  @Test func `temporary files are where TMPDIR says, and in the usual folders where it does not`() {
    for (variable, folders) in [
      (nil, ["/w", "/tmp", "/var/tmp"]), ("/scratch", ["/w", "/scratch"]), ("relative", ["/w", "/tmp", "/var/tmp"]),
    ] as [(String?, [String])] {
      let desk = SandboxDesk(
        .workspace, variables: variable.map { ["TMPDIR": $0] } ?? [:], kernel: SandboxKernel(version: 7))
      #expect(desk.confinement(nil, folders: ["/w"]) == .to(Sandbox(changing: folders)))
    }
  }
}
