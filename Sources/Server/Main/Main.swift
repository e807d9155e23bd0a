internal import OperatingSystem
internal import Protocol
internal import Server

/// The process: what it was started with goes in, its exit status comes out.
@main
enum Main {
  static func main() {
    DescriptorLimit.prepare()
    // Stdout is ours alone: what anything else writes to descriptor 1 goes to stderr, and never between messages.
    guard let control = ControlPipe(), let output = Descriptor.standardOutput.movedAside(leaving: .standardError) else {
      StandardError.write("wyn360: the system gives no file descriptors\n")
      CurrentProcess.exit(1)
    }
    CurrentProcess.deliverSignals(to: control.writeEnd)
    Memory.prepare()
    do {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      let program = Program(options: options, surroundings: .system, control: control, output: output)
      CurrentProcess.exit(try program.run())
    } catch let error as Options.UsageError {
      StandardError.write("wyn360: \(error.message)\nSee wyn360 --help.\n")
      CurrentProcess.exit(2)
    } catch {
      StandardError.write("Error: \(ErrorMapping.rpcError(error).message)\n")
      CurrentProcess.exit(1)
    }
  }
}
