import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

/** Picture formats of renderers: registered under names that viewers do not know, or not registered at all. */
const PICTURE_TYPES = {
  'image/x-exr': ['exr'],
  'image/vnd.radiance': ['hdr'],
  'image/cineon': ['cin'],
};

const mime = new Mime(standardTypes, otherTypes).define(PICTURE_TYPES, true);

/** The media type for a file or key by its extension; `application/octet-stream` when that is unknown. */
export function contentTypeOf(name: string): string {
  return mime.getType(name) ?? 'application/octet-stream';
}
