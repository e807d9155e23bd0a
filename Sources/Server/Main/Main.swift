internal import OperatingSystem
internal import Server

/// The process: what it was started with goes in, its exit status comes out.
@main
enum Main {
  static func main() {
    // Whoever closed a descriptor must not have the next file that is opened in its place.
    guard !Descriptor.fillStandard().contains(.standardOutput) else {
      StandardError.write("Error: stdout is closed, so there is nowhere to answer\n")
      CurrentProcess.exit(ExitStatus.failed.rawValue)
    }
    DescriptorLimit.prepare()
    CurrentProcess.hide()
    // Stdout is ours alone: what anything else writes to descriptor 1 goes to stderr, and never between messages.
    guard let control = ControlPipe(), let output = Descriptor.standardOutput.movedAside(leaving: .standardError) else {
      StandardError.write("wyn360: the system gives no file descriptors\n")
      CurrentProcess.exit(ExitStatus.failed.rawValue)
    }
    CurrentProcess.deliverSignals(to: control.writeEnd)
    Memory.prepare()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do throws(Options.UsageError) {
      let options = try Options(arguments)
      let program = Program(options: options, surroundings: .system, control: control, output: output)
      do { CurrentProcess.exit(try program.run()) } catch { CurrentProcess.exit(program.tell(error)) }
    } catch {
      CurrentProcess.exit(Program.tell(error, of: arguments, output: output))
    }
  }
}
