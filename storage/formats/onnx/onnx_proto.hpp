#pragma once

// The generated header of Debian's libonnx-dev asks for these two; they have
// to be what the library was built with.
#ifndef ONNX_ML
#define ONNX_ML 1
#endif
#ifndef ONNX_NAMESPACE
#define ONNX_NAMESPACE onnx
#endif
#include <onnx/onnx_pb.h>
