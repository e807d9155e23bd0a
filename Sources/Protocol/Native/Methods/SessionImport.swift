/// Makes a session out of a document; it keeps its id when that is free.
///
/// - Throws: ``RPCError/Code/invalidParams`` when the document is of another format or its history is not one that the API
///   takes.
package struct SessionImport: RequestMessage, Hashable {
  package static let method = "session/import"
  package typealias Response = SessionInfo
  package var document: SessionDocument
}
