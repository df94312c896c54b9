;; Steps over one JSON object or list (RFC 8259), 16 bytes of a string at a time. The same walk as in
;; ../../request-router/json-walk.ts, which decides where the two differ: this one gives up on whatever is unusual.
(module
  (import "body" "memory" (memory 1))

  ;; Behind the spaces that stand at $at.
  (func $space (param $at i32) (result i32)
    (local $byte i32)
    (loop $next
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.gt_u (local.get $byte) (i32.const 0x20)) (then (return (local.get $at))))
      (if (i32.or
            (i32.or (i32.eq (local.get $byte) (i32.const 0x20)) (i32.eq (local.get $byte) (i32.const 0x0a)))
            (i32.or (i32.eq (local.get $byte) (i32.const 0x0d)) (i32.eq (local.get $byte) (i32.const 0x09))))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (local.get $at))

  ;; Behind the string whose first quote stands at $at. It ends somewhere: the memory does.
  (func $string (param $at i32) (result i32)
    (local $quotes i32)
    (local $first i32)
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (loop $search
      (local.set $quotes
        (i8x16.bitmask (i8x16.eq (v128.load align=1 (local.get $at)) (v128.const i8x16
          0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22 0x22))))
      (if (i32.eqz (local.get $quotes))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $search)))
      (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $quotes))))
      ;; An odd number of backslashes before it makes the quote a part of the string.
      (local.set $first (local.get $at))
      (loop $backslashes
        (if (i32.eq (i32.load8_u (i32.sub (local.get $first) (i32.const 1))) (i32.const 0x5c))
          (then
            (local.set $first (i32.sub (local.get $first) (i32.const 1)))
            (br $backslashes))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $search (i32.eqz (i32.and (i32.sub (local.get $at) (local.get $first)) (i32.const 1)))))
    (local.get $at))

  ;; From a key to its value; 0 where there is none.
  (func $key (param $at i32) (result i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (i32.const 0))))
    (local.set $at (call $space (call $string (local.get $at))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)) (then (return (i32.const 0))))
    (call $space (i32.add (local.get $at) (i32.const 1))))

  (func $isDigit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10)))

  ;; Behind a word or a number; 0 where there is none.
  (func $scalar (param $at i32) (result i32)
    (local $word i32)
    (local $byte i32)
    (local $end i32)
    (local.set $word (i32.load align=1 (local.get $at)))
    ;; "true", "null", "fals" and "e"
    (if (i32.or (i32.eq (local.get $word) (i32.const 0x65757274)) (i32.eq (local.get $word) (i32.const 0x6c6c756e)))
      (then (return (i32.add (local.get $at) (i32.const 4)))))
    (if (i32.and
          (i32.eq (local.get $word) (i32.const 0x736c6166))
          (i32.eq (i32.load8_u (i32.add (local.get $at) (i32.const 4))) (i32.const 0x65)))
      (then (return (i32.add (local.get $at) (i32.const 5)))))
    (local.set $end (local.get $at))
    (loop $next
      (local.set $byte (i32.load8_u (local.get $end)))
      (if (i32.or
            (i32.or
              (i32.or (call $isDigit (local.get $byte)) (i32.eq (local.get $byte) (i32.const 0x2e)))
              (i32.or (i32.eq (local.get $byte) (i32.const 0x2d)) (i32.eq (local.get $byte) (i32.const 0x2b))))
            (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x65)))
        (then
          (local.set $end (i32.add (local.get $end) (i32.const 1)))
          (br $next))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2d))
      (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (select
      (local.get $end)
      (i32.const 0)
      (i32.and
        (call $isDigit (i32.load8_u (local.get $at)))
        (call $isDigit (i32.load8_u (i32.sub (local.get $end) (i32.const 1)))))))

  ;; Behind the object or list that begins at $at; 0 where it is broken, or nested more than 62 deep. What it gives may lie
  ;; behind the end of the text, whose end it does not know.
  (func (export "skipNested") (param $at i32) (result i32)
    (local $byte i32)
    (local $closer i32)
    ;; Which brackets are open: the lowest bit stands for the innermost, the highest that is set for the end.
    (local $open i64)
    (local.set $open (i64.const 1))
    (loop $value
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (i32.and (local.get $byte) (i32.const 0xdf)) (i32.const 0x5b))
        (then
          (if (i64.lt_s (i64.shl (local.get $open) (i64.const 1)) (i64.const 0)) (then (return (i32.const 0))))
          (local.set $open
            (i64.or
              (i64.shl (local.get $open) (i64.const 1))
              (i64.extend_i32_u (i32.eq (local.get $byte) (i32.const 0x7b)))))
          (local.set $closer (i32.add (local.get $byte) (i32.const 2)))
          (local.set $at (call $space (i32.add (local.get $at) (i32.const 1))))
          (if (i32.ne (i32.load8_u (local.get $at)) (local.get $closer))
            (then
              (if (i32.eq (local.get $closer) (i32.const 0x7d))
                (then
                  (local.set $at (call $key (local.get $at)))
                  (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))))
              (br $value))))
        (else
          (if (i32.eq (local.get $byte) (i32.const 0x22))
            (then (local.set $at (call $space (call $string (local.get $at)))))
            (else
              (local.set $at (call $scalar (local.get $at)))
              (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
              (local.set $at (call $space (local.get $at)))))))
      (loop $close
        (if (i32.eq (i32.load8_u (local.get $at)) (local.get $closer))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $open (i64.shr_u (local.get $open) (i64.const 1)))
            (if (i64.eq (local.get $open) (i64.const 1)) (then (return (local.get $at))))
            (local.set $closer
              (select (i32.const 0x7d) (i32.const 0x5d) (i32.wrap_i64 (i64.and (local.get $open) (i64.const 1)))))
            (local.set $at (call $space (local.get $at)))
            (br $close))))
      (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x2c)) (then (return (i32.const 0))))
      (local.set $at (call $space (i32.add (local.get $at) (i32.const 1))))
      (if (i32.eq (local.get $closer) (i32.const 0x7d))
        (then
          (local.set $at (call $key (local.get $at)))
          (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))))
      (br $value))
    (unreachable)))
