/** Stands for a value in what is written as JSON: the value is that of one moment, and put together when it is written. */
export interface JsonLater<T> {
  toJSON(): T;
}
