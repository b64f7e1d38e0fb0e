// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/device.hpp"

#include <linux/major.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <span>

#include "lib/text.hpp"

namespace libjail::doctor {
namespace {

constexpr Judgement kMemory{"dev-mem", Level::kUnsafe,
                            "jailed root could change the running kernel through it"};
constexpr Judgement kBlock{"dev-block", Level::kUnsafe,
                           "jailed root could mount or overwrite the host's disk"};
constexpr Judgement kTty{"dev-tty", Level::kUnsafe,
                         "jailed root could read and type on the host's terminals"};
constexpr Judgement kInput{"dev-input", Level::kUnsafe,
                           "jailed root could read or forge what is typed on the host"};
constexpr Judgement kDri{"dev-dri", Level::kUnsafe,
                         "jailed root could read the host's screen or program its display"};
constexpr Judgement kTun{"dev-tun", Level::kWarning,
                         "jailed root could make network interfaces of the host"};
constexpr Judgement kHardware{"dev-hw", Level::kUnsafe,
                              "jailed root could drive the host's hardware or kernel by it"};
constexpr Judgement kOther{"dev-other", Level::kWarning,
                           "jails need no such device; when in doubt, leave it out"};

constexpr unsigned int kMiscMajor = MISC_MAJOR;
constexpr unsigned int kAny = ~0U;

/// Character devices by number, as Documentation/admin-guide/devices.txt of the kernel lists them.
struct Number {
  unsigned int major;
  unsigned int minor;
  const Judgement* judgement;
};
constexpr auto kNumbers = std::to_array<Number>({
    {MEM_MAJOR, 1, &kMemory},          // mem
    {MEM_MAJOR, 2, &kMemory},          // kmem
    {MEM_MAJOR, 4, &kMemory},          // port
    {TTY_MAJOR, kAny, &kTty},          // consoles and serial lines
    {TTYAUX_MAJOR, 1, &kTty},          // console
    {LP_MAJOR, kAny, &kHardware},      // printers
    {VCS_MAJOR, kAny, &kTty},          // contents of consoles
    {SCSI_TAPE_MAJOR, kAny, &kBlock},  // st
    {INPUT_MAJOR, kAny, &kInput},
    {SOUND_MAJOR, kAny, &kHardware},
    {SCSI_GENERIC_MAJOR, kAny, &kBlock},  // sg
    {FB_MAJOR, kAny, &kDri},              // frame buffers
    {81, kAny, &kHardware},               // video4linux
    {89, kAny, &kHardware},               // i2c
    {99, kAny, &kHardware},               // parport
    {108, kAny, &kTun},                   // ppp
    {116, kAny, &kHardware},              // alsa
    {153, kAny, &kHardware},              // spi
    {RAW_MAJOR, kAny, &kBlock},           // raw
    {166, kAny, &kHardware},              // ttyACM
    {180, kAny, &kHardware},              // usb
    {188, kAny, &kHardware},              // ttyUSB
    {189, kAny, &kHardware},              // usb devices
    {202, kAny, &kHardware},              // msr
    {203, kAny, &kHardware},              // cpuid
    {204, kAny, &kHardware},              // serial lines
    {226, kAny, &kDri},                   // dri
    {kMiscMajor, 1, &kInput},             // psaux
    {kMiscMajor, 130, &kHardware},        // watchdog
    {kMiscMajor, 135, &kHardware},        // rtc
    {kMiscMajor, 144, &kHardware},        // nvram
    {kMiscMajor, 175, &kMemory},          // agpgart
    {kMiscMajor, 183, &kHardware},        // hwrng
    {kMiscMajor, 184, &kHardware},        // microcode
    {kMiscMajor, 196, &kHardware},        // vfio
    {kMiscMajor, 200, &kTun},             // tun
    {kMiscMajor, 203, &kHardware},        // cuse
    {kMiscMajor, 223, &kInput},           // uinput
    {kMiscMajor, 224, &kHardware},        // tpm
    {kMiscMajor, 228, &kHardware},        // hpet
    {kMiscMajor, 229, &kHardware},        // fuse
    {kMiscMajor, 231, &kHardware},        // snapshot
    {kMiscMajor, 232, &kHardware},        // kvm
    {kMiscMajor, 234, &kBlock},           // btrfs-control
    {kMiscMajor, 235, &kHardware},        // autofs
    {kMiscMajor, 236, &kBlock},           // mapper/control
    {kMiscMajor, 237, &kBlock},           // loop-control
    {kMiscMajor, 238, &kHardware},        // vhost-net
    {kMiscMajor, 239, &kInput},           // uhid
    {kMiscMajor, 240, &kInput},           // userio
    {kMiscMajor, 241, &kHardware},        // vhost-vsock
    {kMiscMajor, 242, &kHardware},        // rfkill
});

/// Those whose numbers differ from boot to boot, by how the name of their driver begins.
struct Driver {
  std::string_view name;
  const Judgement* judgement;
};
constexpr auto kDrivers = std::to_array<Driver>({
    {"accel", &kHardware},
    {"binder", &kHardware},
    {"bsg", &kBlock},
    {"btrfs-control", &kBlock},
    {"cpu_dma", &kHardware},
    {"cuse", &kHardware},
    {"dax", &kMemory},
    {"device-mapper", &kBlock},
    {"dma_heap", &kHardware},
    {"drm", &kDri},
    {"fb", &kDri},
    {"fuse", &kHardware},
    {"gpio", &kHardware},
    {"hidraw", &kInput},
    {"hpet", &kHardware},
    {"hw_random", &kHardware},
    {"iio", &kHardware},
    {"iommu", &kHardware},
    {"ipmi", &kHardware},
    {"kfd", &kHardware},
    {"kvm", &kHardware},
    {"lirc", &kInput},
    {"loop-control", &kBlock},
    {"mcelog", &kHardware},
    {"media", &kHardware},
    {"megaraid", &kBlock},
    {"mei", &kHardware},
    {"mpt", &kBlock},
    {"ndctl", &kBlock},
    {"nosy", &kHardware},
    {"nvidia", &kDri},
    {"nvme", &kBlock},
    {"nvram", &kHardware},
    {"pmem", &kBlock},
    {"pps", &kHardware},
    {"ptp", &kHardware},
    {"rfkill", &kHardware},
    {"rpmb", &kBlock},
    {"rtc", &kHardware},
    {"sev", &kHardware},
    {"sgx", &kHardware},
    {"sg", &kBlock},
    {"snapshot", &kHardware},
    {"st", &kBlock},
    {"switchtec", &kHardware},
    {"tee", &kHardware},
    {"tpm", &kHardware},
    {"tty", &kHardware},
    {"ubi", &kBlock},
    {"uhid", &kInput},
    {"uinput", &kInput},
    {"uio", &kHardware},
    {"userio", &kInput},
    {"usbmon", &kInput},
    {"vbox", &kHardware},
    {"vduse", &kBlock},
    {"vfio", &kHardware},
    {"vhost", &kHardware},
    {"vmci", &kHardware},
    {"watchdog", &kHardware},
    {"zfs", &kBlock},
    {"udmabuf", &kHardware},
    {"userfaultfd", &kHardware},
});

/// What the kernel opens for a jail.
bool is_allowed(unsigned int major, unsigned int minor) {
  constexpr auto kMemoryNodes = std::to_array<unsigned int>({3, 5, 7, 8, 9});
  if (major == MEM_MAJOR) return std::ranges::find(kMemoryNodes, minor) != kMemoryNodes.end();
  if (major == TTYAUX_MAJOR) return minor == 0 || minor == 2;
  return major >= UNIX98_PTY_SLAVE_MAJOR && major < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

/// Lines of "NUMBER NAME", up to an empty one or one that is none.
std::map<unsigned int, std::string> parse_names(std::string_view text) {
  std::map<unsigned int, std::string> names;
  for (auto line : split(text, '\n')) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    if (const auto number = parse_number<unsigned int>(line.substr(0, blank))) {
      names.emplace(*number, line.substr(blank + 1));
    }
  }
  return names;
}

}  // namespace

const Drivers::Names& Drivers::names() const {
  if (!names_) {
    const auto texts = read_ ? read_() : Texts{};
    const std::string_view devices = texts.devices;
    names_ = Names{.majors = parse_names(devices.substr(0, devices.find("Block devices:"))),
                   .misc = parse_names(texts.misc)};
  }
  return *names_;
}

std::string_view Drivers::of(dev_t number) const {
  const bool is_misc = major(number) == kMiscMajor;
  const auto& all = is_misc ? names().misc : names().majors;
  const auto found = all.find(is_misc ? minor(number) : major(number));
  return found == all.end() ? std::string_view() : found->second;
}

std::optional<Judgement> judge_device(mode_t mode, dev_t number, const Drivers& drivers) {
  if (S_ISBLK(mode)) return kBlock;
  const unsigned int high = major(number);
  const unsigned int low = minor(number);
  if (is_allowed(high, low)) return {};
  for (const auto& known : kNumbers) {
    if (known.major == high && (known.minor == kAny || known.minor == low)) return *known.judgement;
  }
  const auto driver = drivers.of(number);
  for (const auto& known : kDrivers) {
    if (driver.starts_with(known.name)) return *known.judgement;
  }
  return kOther;
}

std::string device_name(mode_t mode, dev_t number) {
  return std::string(S_ISBLK(mode) ? "b " : "c ") + std::to_string(major(number)) + ":" +
         std::to_string(minor(number));
}

}  // namespace libjail::doctor
