import Foundation
import TestSupport

let fixtures = Fixtures(.module)
