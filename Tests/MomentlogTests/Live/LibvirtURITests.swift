import Libvirt
import Momentlog
import Moments
import Testing

struct LibvirtURITests {
    @Test(
        "A URI is opened as given, but for ssh, which must not ask on the terminal",
        arguments: [
            ("qemu:///system", "qemu:///system"), ("test:///default", "test:///default"),
            ("qemu+ssh://host/system", "qemu+ssh://host/system?no_tty=1"),
            ("qemu+ssh://h/system?keyfile=/k", "qemu+ssh://h/system?keyfile=/k&no_tty=1"),
            ("qemu+libssh2://h/system", "qemu+libssh2://h/system?no_tty=1"),
            ("qemu+ssh://h/system?no_tty=0", "qemu+ssh://h/system?no_tty=0"),
        ])
    func accepted(uri: String, opened: String) throws {
        #expect(try LibvirtURI.checked(uri) == opened)
    }

    @Test(
        "What is not a URI, or would run another libvirt in this process, is refused",
        arguments: [
            "", "qemu", "/run/sock", "qemu:/system", "qemu:///embed", "qemu:///embed?root=/x",
            "://x", "qemu:///system\0x",
        ])
    func refused(uri: String) {
        let error = #expect(throws: MomentlogError.self) { try LibvirtURI.checked(uri) }
        #expect(error?.code == .usage)
    }
}
