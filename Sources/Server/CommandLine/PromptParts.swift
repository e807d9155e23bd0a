internal import OperatingSystem
internal import Protocol

/// All that a question is made of beside its words: files that are attached, the form of the answer, and the file that
/// gets it.
///
/// All of it is looked at before anything is asked, as a question that was paid for cannot be taken back.
struct PromptParts: Sendable {
  /// What is attached, in its order.
  var blocks: [ContentBlock] = []
  /// The schema of the answer.
  var schema: JSON?
  /// More folders to work in.
  var folders: [String] = []
  /// Where the answer goes beside stdout.
  var output: OutputFile?

  /// How gathering them went.
  enum Gathered: Sendable {
    case parts(PromptParts)
    case interrupted(signal: Int32)
    case failed(RPCError)
  }

  /// Gathers what options name, of stdin and of files.
  static func gather(
    _ options: Options, input: Descriptor, control: ControlPipe, for provider: ProviderID
  ) -> Gathered {
    var parts = PromptParts()
    func read(_ path: String, _ name: String) -> InputReader.Reading {
      path == "-"
        ? InputReader(input, control: control, name: name).readAll()
        : InputReader.read(path, control: control, name: name)
    }
    do throws(RPCError) {
      for folder in options.addedFolders { parts.folders.append(try self.folder(folder)) }
      if let path = options.outputLast { parts.output = try outputFile(path) }
      if let path = options.outputSchema {
        let name = path == "-" ? "stdin (--output-schema -)" : "--output-schema '\(path)'"
        switch read(path, name) {
        case .bytes(let bytes): parts.schema = try schema(bytes, name)
        case .interrupted(let signal): return .interrupted(signal: signal)
        case .failed(let error): throw error
        }
      }
      var size = 0
      for attachment in options.attached {
        switch read(attachment.path, attachment.name) {
        case .bytes(let bytes):
          size += bytes.count
          guard size <= ServerLimits.messageBytesMax else {
            throw .invalidParams(
              "\(attachment.name) is too much: all that is attached has more than \(ServerLimits.messageBytesMax) bytes"
            )
          }
          parts.blocks.append(try attachment.block(bytes, for: provider))
        case .interrupted(let signal): return .interrupted(signal: signal)
        case .failed(let error): throw error
        }
      }
      return .parts(parts)
    } catch {
      return .failed(error)
    }
  }

  private static func folder(_ path: String) throws(RPCError) -> String {
    do throws(Failure) { return try WorkFolder.path(path, option: "--add-dir") } catch {
      throw ErrorMapping.rpcError(error)
    }
  }

  private static func outputFile(_ path: String) throws(RPCError) -> OutputFile {
    guard path != "-" else { throw .invalidParams("--output-last needs a file; stdout gets the answer anyway") }
    do throws(FileFailure) { return try OutputFile(path) } catch {
      throw RPCError(.requestFailed, "--output-last: \(error.message)")
    }
  }

  private static func schema(_ bytes: [UInt8], _ name: String) throws(RPCError) -> JSON {
    let schema: JSON
    do throws(JSONSyntaxError) { schema = try JSON.parse(bytes) } catch {
      throw .invalidParams("\(name) is no JSON: \(error.reason) at byte \(error.offset)")
    }
    guard schema.object != nil else {
      throw .invalidParams("\(name) must be a JSON Schema object; it is \(schema.kindName)")
    }
    return schema
  }
}
