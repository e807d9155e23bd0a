internal import OperatingSystem
internal import Protocol
internal import Providers

/// What an option attaches to the prompt: a file as the command line names it.
package struct Attachment: Sendable, Equatable {
  /// What it must be.
  package enum Kind: String, Sendable {
    /// What a model reads: a text, a PDF or an image.
    case file
    case image
  }

  /// What it must be.
  package var kind: Kind
  /// Where it is, from the folder that the program was started in; `-` for stdin.
  package var path: String

  /// A file of that kind.
  package init(_ kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  /// Whether it comes over stdin.
  package var isStdin: Bool { path == "-" }
  /// The option that attaches it.
  package var option: String { "--\(kind.rawValue)" }

  /// What is said of it.
  var name: String { isStdin ? "stdin (\(option) -)" : "\(option) '\(path)'" }

  /// The piece of a prompt that these bytes are, told by themselves and not by their name.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` for what no model reads, or the service would not take.
  func block(_ bytes: [UInt8], for provider: ProviderID) throws(RPCError) -> ContentBlock {
    let title = isStdin ? nil : path
    do throws(SoundImage.Flaw) {
      if kind == .image || ImageFormat(bytes) != nil {
        let image = try SoundImage(bytes: bytes, for: provider)
        return .image(mimeType: image.mediaType, data: image.data)
      }
      if SoundDocument.isPDF(bytes) {
        let document = AttachedDocument(data: Base64.encode(bytes.span), title: title)
        return try SoundDocument.sound(.document(document), for: provider)
      }
    } catch {
      throw .invalidParams("\(name) cannot be sent: \(error.reason)")
    }
    guard let (text, _) = TextEncoding.decode(bytes) else {
      throw .invalidParams(
        "\(name) cannot be sent: its \(bytes.count) bytes are no text, PDF or image, which are all that models read")
    }
    let words = String(decoding: text, as: UTF8.self)
    guard !BlankText.isBlank(words) else { throw .invalidParams("\(name) is empty; there is nothing to attach") }
    return .document(AttachedDocument(text: words, title: title))
  }
}
