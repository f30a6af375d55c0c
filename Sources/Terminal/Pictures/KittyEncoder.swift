import Ground
import Images
import Surface

/// Pictures in kitty's graphics protocol, which Ghostty, WezTerm and Konsole speak, too.
enum KittyEncoder {
  /// Places a picture over its cells, as a PNG file; the terminal scales it. The cursor stays where it is.
  static func encoded(_ picture: Picture, number: Int) -> String {
    let payload = Array(Base64.encoded(picture.image.png).utf8)
    var text = ""
    var start = 0
    repeat {
      let end = min(start + 4096, payload.count)
      let isFirst = start == 0
      let keys =
        isFirst
        ? "a=T,f=100,c=\(picture.area.width),r=\(picture.area.height),"
          + "i=\(number),p=1,q=2,C=1," : ""
      let chunk = String(decoding: payload[start..<end], as: UTF8.self)
      text += "\u{1B}_G\(keys)m=\(end < payload.count ? 1 : 0);\(chunk)\u{1B}\\"
      start = end
    } while start < payload.count
    return text
  }

  /// Removes a picture.
  static func removal(number: Int) -> String { "\u{1B}_Ga=d,d=I,i=\(number),q=2\u{1B}\\" }
}
