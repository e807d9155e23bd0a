/// A document that a prompt brings: a PDF as base64 or by an https URL, or a text.
package struct AttachedDocument: Codable, Hashable, Sendable {
  /// The media type of a PDF.
  package static let pdfType = "application/pdf"

  /// What it is; a PDF when there is `data`, plain text when there is `text`.
  package var mimeType: String?
  /// A PDF as base64.
  package var data: String?
  /// What a text document says, which the model reads as a whole.
  package var text: String?
  /// Where the model's service finds a PDF, by https.
  package var uri: String?
  /// What it is called.
  package var title: String?

  /// A PDF as base64.
  package init(data: String, title: String?) { (self.data, self.title) = (data, title) }

  /// A text.
  package init(text: String, title: String?) { (self.text, self.title) = (text, title) }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    mimeType = try members.decodeIfPresent(String.self, forKey: .mimeType)
    data = try members.decodeIfPresent(String.self, forKey: .data)
    text = try members.decodeIfPresent(String.self, forKey: .text)
    uri = try members.decodeIfPresent(String.self, forKey: .uri)
    title = try members.decodeIfPresent(String.self, forKey: .title)
    guard [data, text, uri].compactMap(\.self).count == 1 else {
      throw JSONDecodingError(path: "", reason: "a document has one of 'data', 'text' and 'uri'")
    }
    if let uri, !uri.hasPrefix("https://") {
      throw JSONDecodingError(path: "uri", reason: "expected an https URL; send other documents as 'data'")
    }
    if text == nil, let mimeType, mimeType != Self.pdfType {
      throw JSONDecodingError(
        path: "mimeType", reason: "expected \(Self.pdfType), found \"\(mimeType)\"; send a text as 'text'")
    }
  }
}
