internal import CPlatform
internal import Protocol
internal import Providers
internal import Server

/// The process: what it was started with goes in, its exit status comes out.
///
/// It ends with `_exit`: nothing is buffered, and other threads still run that no exit handler may pull the ground from.
@main
enum Main {
  static func main() {
    guard let control = ControlPipe(), let output = privateOutput() else {
      StandardError.write("wyn360: the system gives no file descriptors\n")
      _exit(1)
    }
    cplatform_signals_to_fd(control.writeEnd)
    Memory.prepare()
    do {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      let program = Program(options: options, surroundings: .system, control: control, output: output)
      _exit(try program.run())
    } catch let error as Options.UsageError {
      StandardError.write("wyn360: \(error.message)\nSee wyn360 --help.\n")
      _exit(2)
    } catch {
      StandardError.write("Error: \(ErrorMapping.rpcError(error).message)\n")
      _exit(1)
    }
  }

  /// Takes stdout for ourselves: what anything else writes to descriptor 1 goes to stderr, and never between messages.
  private static func privateOutput() -> Int32? {
    let output = cplatform_duplicate(STDOUT_FILENO)
    guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return nil }
    return output
  }
}
