// libjxl decodes the first frame of a JPEG XL file into 8-bit RGB, as its tool djxl does, and turns it as the
// file says. Alpha is dropped. CMYK is refused.
//
// A picture may be put together from any number of layers and hidden frames, so a small file can ask for
// hours of work. libjxl has no limit for that, but it hands its work to a runner, task by task. The runner
// here works on this thread, since other workers decode other pictures, and stops after as many tasks as the
// size explains.
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <jxl/decode.h>

#include "base/loaded_module.h"
#include "codecs/codec.h"
#include "codecs/module.h"
#include "codecs/picture_size.h"
#include "codecs/printed/messages.h"

namespace imnet {
namespace {

struct Work {
    std::uint64_t tasks_left = 0;
    bool exceeded = false;
};

// A task is a part of a picture, at least 128×128 pixels; real pictures need a few of them for each part.
std::uint64_t tasks_for(const JxlBasicInfo& info) {
    constexpr std::uint64_t part = 128 * 128;
    return 1000 + 40 * (static_cast<std::uint64_t>(info.xsize) * info.ysize / part + info.ysize / 128);
}

JxlParallelRetCode run_tasks(void* runner, void* work, JxlParallelRunInit init, JxlParallelRunFunction run,
                             std::uint32_t first, std::uint32_t end) {
    Work& all = *static_cast<Work*>(runner);
    const std::uint32_t count = end > first ? end - first : 0;
    all.exceeded = all.exceeded || count > all.tasks_left;
    if (all.exceeded) return -1;
    all.tasks_left -= count;
    if (const JxlParallelRetCode failed = init(work, 1); failed != 0) return failed;
    for (std::uint32_t task = first; task < end; ++task) run(work, task, 0);
    return 0;
}

struct DestroyDecoder {
    void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};
using Decoder = std::unique_ptr<JxlDecoder, DestroyDecoder>;

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged JPEG XL: {}", what));
}

bool holds_black(const JxlDecoder* decoder, const JxlBasicInfo& info) {
    for (std::uint32_t i = 0; i < info.num_extra_channels; ++i) {
        JxlExtraChannelInfo channel;
        if (JxlDecoderGetExtraChannelInfo(decoder, i, &channel) == JXL_DEC_SUCCESS &&
            channel.type == JXL_CHANNEL_BLACK) {
            return true;
        }
    }
    return false;
}

/// Makes room for the pixels of a picture whose header has been read.
Expected<Image> image_for(JxlDecoder* decoder, Work& work, const DecodeLimits& limits) {
    JxlBasicInfo info;
    if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS)
        return damaged("its header cannot be read");
    if (auto error = size_error(info.xsize, info.ysize, limits)) return tl::unexpected(std::move(*error));
    if (holds_black(decoder, info)) {
        return input_error(InputErrorKind::format,
                           "this JPEG XL picture is CMYK, which is not supported: convert it to PNG or JPEG");
    }
    if (info.num_extra_channels > 16) {
        return input_error(
            InputErrorKind::limits,
            fmt::format("a JPEG XL picture with {} extra channels is not decoded", info.num_extra_channels));
    }
    work.tasks_left = tasks_for(info);
    return blank_image(info.xsize, info.ysize);
}

Expected<DecodedImage> decode_jxl(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    constexpr JxlPixelFormat format{3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    forget_printed_messages();
    Work work{.tasks_left = 1};
    const Decoder decoder(JxlDecoderCreate(nullptr));
    if (!decoder) return tl::unexpected(memory_error());
    JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE);
    JxlDecoderSetParallelRunner(decoder.get(), run_tasks, &work);
    JxlDecoderSetInput(decoder.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    // The input is not closed: libjxl prints a message if it then ends early.
    Image image;
    while (true) {
        switch (JxlDecoderProcessInput(decoder.get())) {
            case JXL_DEC_BASIC_INFO: {
                auto room = image_for(decoder.get(), work, limits);
                if (!room) return tl::unexpected(std::move(room.error()));
                image = std::move(*room);
                break;
            }
            case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
                if (JxlDecoderSetImageOutBuffer(decoder.get(), &format, image.rgb.data(), image.rgb.size()) !=
                    JXL_DEC_SUCCESS) {
                    return damaged("its header states what libjxl does not decode");
                }
                break;
            case JXL_DEC_FULL_IMAGE: return DecodedImage{std::move(image), 1};
            case JXL_DEC_NEED_MORE_INPUT:
                return input_error(InputErrorKind::decode, "truncated JPEG XL: it is shorter than it states");
            case JXL_DEC_SUCCESS: return damaged("it holds no picture");
            default:
                if (!work.exceeded) {
                    const std::string message = first_printed_failure();
                    return damaged(message.empty() ? "libjxl cannot decode it" : message);
                }
                return input_error(InputErrorKind::limits,
                                   "this JPEG XL picture has more layers than its size explains");
        }
    }
}

}  // namespace

IMNET_MODULE_FUNCTION void imnet_decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                                Expected<DecodedImage>& result) {
    result = decode_jxl(bytes, limits);
}

}  // namespace imnet
